"""Comments: their form, where they stand, and what comes back when they are refused."""

from __future__ import annotations

import pytest
from django.test import Client

from network.models import Person, Post
from tests.network.views.conftest import words
from tests.support import factories

pytestmark = pytest.mark.django_db


def test_a_comment_is_published_below_its_parent(client: Client, noor: Person, ada: Person) -> None:
    root = factories.post(ada)
    comment = factories.comment(ada, root)
    response = client.post("/posts", factories.answer(noor, comment, "Mine", key="k"))
    mine = Post.objects.get(author=noor)
    assert mine.parent == comment
    assert response["Location"] == f"/posts/{root.pk}#c{mine.pk}"


def test_a_comment_on_a_deleted_post_comes_back_with_its_text(
    client: Client, noor: Person, ada: Person
) -> None:
    root = factories.post(ada, audience=Post.Audience.FOLLOWERS)
    response = client.post("/posts", factories.answer(noor, root, "My long thought"))
    assert response.status_code == 404
    assert "My long thought" in words(response)


def test_a_refused_comment_comes_back_with_the_reason(client: Client, noor: Person, ada: Person) -> None:
    root = factories.post(ada, commenting=Post.Commenting.NOBODY)
    response = client.post("/posts", factories.answer(noor, root, "My long thought"))
    assert response.status_code == 403
    assert "The author of this thread chose who can comment" in words(response)
    assert "My long thought" in words(response)


def test_the_page_of_an_answer_shows_the_answered_post(client: Client, noor: Person, ada: Person) -> None:
    comment = factories.comment(ada, factories.post(ada), "What is slime?")
    page = words(client.get(f"/posts/new?parent={comment.pk}"))
    assert "What is slime?" in page
    assert f'name="parent" value="{comment.pk}"' in page
