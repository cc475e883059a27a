"""Signing up creates a user and a person, or neither; the first steps fill the home."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from network.models import Follow, Person, User
from tests.support import factories
from tests.support.feeds.delivering import deliver_all

GIVEN = {"name": "Dora Díaz", "username": "Dora", "email": "", "password1": "three plain words"}


@pytest.mark.django_db
def test_signing_up_creates_a_user_and_a_person(client: Client) -> None:
    answer = client.post(reverse("account_signup"), GIVEN)
    assert answer.headers["Location"] == reverse("start")
    person = Person.objects.get()
    assert (person.name, person.handle, person.user.username) == ("Dora Díaz", "dora", "dora")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"username": "d"},
        {"username": "Dora!"},
        {"username": "admin"},
        {"username": "ada"},
        {"username": "adm1n"},
        {"name": "Kith Support"},
        {"password1": "short"},
        {"email": "no address"},
        {"name": "\x00"},
    ],
)
def test_a_refused_sign_up_creates_nothing(wrong: dict[str, str], client: Client) -> None:
    factories.person("ada")
    answer = client.post(reverse("account_signup"), GIVEN | wrong)
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    assert not User.objects.exists()
    assert Person.objects.count() == 1


def test_chosen_topics_and_people_fill_the_home_at_once(
    client: Client, noor: Person, ben: Person, chi: Person
):
    factories.post(ben, "On the moon #tides")
    factories.post(chi, "By hand")
    deliver_all()
    topic = factories.topic("tides")
    page = client.get(reverse("start")).content.decode()
    assert f'value="{topic.pk}"' in page
    client.post(reverse("start"), {"stream": [str(topic.pk), str(chi.pk)]})
    home = client.get(reverse("home")).content.decode()
    assert "On the moon" in home
    assert "By hand" in home


def test_only_visible_objects_are_followed(client: Client, noor: Person, ben: Person) -> None:
    hidden = factories.group(ben, kind="hidden")  # type: ignore[arg-type]
    chosen = [str(hidden.pk), str(noor.pk), "x", "0", "99999999999999999999"]
    assert client.post(reverse("start"), {"stream": chosen}).status_code == 303
    assert not Follow.objects.filter(follower=noor).exists()
    assert client.post(reverse("start"), {"stream": ["1"] * 100}).status_code == 400


def test_the_welcome_page_shows_public_objects_only(client: Client, ada: Person, ben: Person) -> None:
    factories.post(ada, "Open to all")
    factories.post(ada, "For my followers", audience="followers")
    factories.post(ada, "Said in the group", group=factories.group(ada))
    page = client.get(reverse("home")).content.decode()
    assert "Open to all" in page
    assert "For my followers" not in page
    assert "Said in the group" not in page


@pytest.mark.parametrize("name", ["about", "rules", "privacy", "keys", "account_login", "account_signup"])
@pytest.mark.django_db
def test_pages_of_text_open_for_everybody(name: str, client: Client) -> None:
    assert client.get(reverse(name)).status_code == 200
