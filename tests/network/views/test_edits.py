"""Pages that edit and delete: what they show, keep and refuse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from network.actions import edits, polls
from network.actions.drafts import Draft
from network.models import Person, Post, Revision
from tests.network.views.conftest import sign_in, words
from tests.support import factories
from tests.support.factories import fresh

pytestmark = pytest.mark.django_db


def test_an_edited_post_keeps_its_place_and_is_marked_as_edited(
    client: Client, noor: Person, as_person: Callable[..., Client], ada: Person
) -> None:
    post = factories.post(noor, "First words.", title="Title")
    page = words(client.get(f"/posts/{post.pk}/edit"))
    assert "First words.</textarea>" in page
    sent = {
        "title": "",
        "text": "Second words.",
        "place": "unlisted",
        "language": "de",
        "commenting": "nobody",
    }
    response = client.post(f"/posts/{post.pk}/edit", sent)
    assert response["Location"] == f"/posts/{post.pk}"
    changed = fresh(post)
    assert (changed.title, changed.text, changed.audience, changed.language) == (
        "",
        "Second words.",
        "unlisted",
        "de",
    )
    assert changed.commenting == "nobody"
    shown = words(as_person(ada).get(f"/posts/{post.pk}"))
    assert "edited" in shown
    assert "First words." in words(Client().get(f"/posts/{post.pk}/history"))


def test_an_audience_can_only_be_narrowed(client: Client, noor: Person) -> None:
    post = factories.post(noor, audience=Post.Audience.FOLLOWERS)
    page = words(client.get(f"/posts/{post.pk}/edit"))
    assert "Anyone on the internet" not in page
    response = client.post(f"/posts/{post.pk}/edit", {"text": "Kept words", "place": "public"})
    assert response.status_code == 400
    assert "Kept words</textarea>" in words(response)
    assert fresh(post).audience == "followers"


def test_the_form_to_edit_a_comment_has_its_present_values(client: Client, noor: Person, ada: Person) -> None:
    root = factories.post(ada, audience=Post.Audience.UNLISTED)
    comment = factories.comment(noor, root, "First.")
    page = words(client.get(f"/posts/{comment.pk}/edit"))
    assert "Who can see it" not in page
    response = client.post(f"/posts/{comment.pk}/edit", {"text": "Second.", "language": "en"})
    assert response["Location"] == f"/posts/{root.pk}#c{comment.pk}"
    assert fresh(comment).text == "Second."


def test_options_of_a_poll_cannot_change_after_a_vote(client: Client, noor: Person, ada: Person) -> None:
    post = factories.poll(noor, "Tea", "Coffee")
    change = {"text": "New text", "place": "public", "options": ["Tea", "Mate"]}
    client.post(f"/posts/{post.pk}/edit", change)
    assert [option.text for option in post.poll.options.all()] == ["Tea", "Mate"]
    polls.vote(ada, post, [0])
    response = client.post(f"/posts/{post.pk}/edit", change | {"options": ["Tea", "Water"], "text": "Newer"})
    assert response.status_code == 403
    assert "Somebody has voted, so the options stay as they are." in words(response)
    assert fresh(post).text == "New text"


def test_only_own_posts_can_be_edited_and_deleted(client: Client, noor: Person, ada: Person) -> None:
    post = factories.post(ada, "Ada's.")
    edits.edit(ada, post, Draft("Ada's own."))
    revision = Revision.objects.get()
    for page in ("edit", "delete"):
        assert client.get(f"/posts/{post.pk}/{page}").status_code == 404
        assert client.post(f"/posts/{post.pk}/{page}", {"text": "x", "place": "public"}).status_code == 404
    assert client.post(f"/posts/{post.pk}/history/{revision.pk}/purge").status_code == 404
    assert fresh(post).text == "Ada's own."
    assert Revision.objects.exists()


def test_a_revision_can_be_purged(client: Client, noor: Person) -> None:
    post, other = factories.post(noor, "Too much said."), factories.post(noor)
    edits.edit(noor, post, Draft("Less."))
    revision = Revision.objects.get()
    assert client.post(f"/posts/{other.pk}/history/{revision.pk}/purge").status_code == 404
    assert "Remove this version for good" in words(client.get(f"/posts/{post.pk}/history"))
    client.post(f"/posts/{post.pk}/history/{revision.pk}/purge")
    assert "Too much said." not in words(client.get(f"/posts/{post.pk}/history"))


def test_deleting_asks_for_confirmation_and_uses_a_plain_form(client: Client, noor: Person) -> None:
    post = factories.post(noor, "To go.")
    assert "To go." in words(client.get(f"/posts/{post.pk}/delete"))
    assert fresh(post).deleted_at is None
    assert client.post(f"/posts/{post.pk}/delete")["Location"] == "/"
    assert fresh(post).text == ""
    assert client.get(f"/posts/{post.pk}").status_code == 404
    assert client.post(f"/posts/{post.pk}/delete").status_code == 404


def test_deleting_a_comment_returns_to_its_thread(client: Client, noor: Person, ada: Person) -> None:
    comment = factories.comment(noor, factories.post(ada))
    assert client.post(f"/posts/{comment.pk}/delete")["Location"] == f"/posts/{comment.thread_id}"


def test_an_edit_sent_after_the_session_ended_is_preserved(client: Client, noor: Person) -> None:
    post = factories.post(noor, "First.")
    client.logout()
    sent = {"text": "Not lost", "place": "public", "as": str(noor.pk)}
    asked = client.post(f"/posts/{post.pk}/edit", sent)
    assert fresh(post).text == "First."
    page = sign_in(client, asked)
    assert "Not lost</textarea>" in words(page)


def test_a_text_with_a_summary_is_folded(client: Client, ada: Person) -> None:
    post = factories.post(ada, "The butler.", summary="The end of the novel")
    page = words(client.get(f"/posts/{post.pk}"))
    assert "<summary>The end of the novel</summary>" in page
    assert "<title> Ada" not in page
    assert "The butler." not in page.partition("</title>")[0]


def test_an_edit_keeps_the_topics_that_the_text_does_not_name(client: Client, noor: Person) -> None:
    post = factories.post(noor, "On the shore. #tides", topics=("tidal_ecology",))
    page = words(client.get(f"/posts/{post.pk}/edit"))
    assert 'name="topics" value="tidal ecology"' in page
    sent = {"text": "On the shore.", "place": "public", "topics": "tidal ecology"}
    client.post(f"/posts/{post.pk}/edit", sent)
    assert set(post.about.values_list("topic__name", flat=True)) == {"tidal_ecology"}
    client.post(f"/posts/{post.pk}/edit", sent | {"topics": ""})
    assert not post.about.exists()


def test_an_edit_is_previewed_on_its_own_page_and_changes_nothing(client: Client, noor: Person) -> None:
    post = factories.poll(noor, text="First.")
    sent = {"text": "**Second.**", "place": "public", "options": ["Tea", "Mate"], "preview": "1"}
    page = words(client.post(f"/posts/{post.pk}/edit", sent))
    assert "<strong>Second.</strong>" in page
    assert f'action="/posts/{post.pk}/edit"' in page
    assert 'value="Mate"' in page
    assert fresh(post).text == "First."
