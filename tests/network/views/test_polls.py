"""Polls on pages: voting, and who sees the results."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from network.models import Person, Vote
from tests.network.views.conftest import words
from tests.support import factories

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/saved?before=9#p1"}


def test_a_poll_shows_its_results_after_the_vote(client: Client, noor: Person, ada: Person) -> None:
    post = factories.poll(ada, "Tea", "Coffee")
    page = words(client.get(f"/posts/{post.pk}"))
    assert page.count('type="radio"') == 2
    assert "<progress" not in page
    client.post(f"/posts/{post.pk}/vote", {"option": "1"})
    page = words(client.get(f"/posts/{post.pk}"))
    assert "100%" in page
    assert page.count("Your pick") == 1
    assert 'type="radio"' not in page
    assert Vote.objects.count() == 1


def test_the_author_and_viewers_of_a_closed_poll_see_its_results(
    client: Client, noor: Person, ada: Person, as_person: Callable[..., Client]
) -> None:
    post = factories.poll(ada)
    author = as_person(ada)
    page = words(author.get(f"/posts/{post.pk}"))
    assert "<progress" in page
    assert page.count('type="radio"') == 2  # the author may vote on the page, as with a POST
    assert "Your pick" in words(author.post(f"/posts/{post.pk}/vote", {"option": ["0"]}, headers=HTMX))
    post.poll.closes_at = post.published_at
    post.poll.save()
    assert "<progress" in words(client.get(f"/posts/{post.pk}"))
    assert "closed" in words(Client().get(f"/posts/{post.pk}"))


def test_several_options_of_a_multiple_poll(client: Client, noor: Person, ada: Person) -> None:
    post = factories.poll(ada, "One", "Two", "Three", multiple=True)
    assert words(client.get(f"/posts/{post.pk}")).count('type="checkbox"') == 3
    response = client.post(f"/posts/{post.pk}/vote", {"option": ["0", "2"]}, headers=HTMX)
    assert words(response).count("Your pick") == 2


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([], "Choose an option first."),
        (["9"], "Choose an option first."),
        (["x"], "Choose an option first."),
        (["-1"], "Choose an option first."),
        (["9" * 30], "Choose an option first."),
        (["٣"], "Choose an option first."),
        (["0", "1"], "Choose one option"),
    ],
)
def test_an_invalid_vote_is_refused(
    client: Client, noor: Person, ada: Person, options: list[str], sentence: str
) -> None:
    post = factories.poll(ada)
    response = client.post(f"/posts/{post.pk}/vote", {"option": options})
    assert response.status_code == 400
    assert sentence in words(response)
    assert not Vote.objects.exists()


def test_a_vote_cannot_be_changed(client: Client, noor: Person, ada: Person) -> None:
    post = factories.poll(ada)
    client.post(f"/posts/{post.pk}/vote", {"option": "0"})
    assert client.post(f"/posts/{post.pk}/vote", {"option": "0"}).status_code == 303
    assert client.post(f"/posts/{post.pk}/vote", {"option": "1"}).status_code == 403
    assert client.post(f"/posts/{factories.post(ada).pk}/vote", {"option": "0"}).status_code == 404
