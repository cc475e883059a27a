"""The page of a thread: who may open it, its order, and the acts on the whole thread."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from network.actions import blocks, posts
from network.models import Group, Person, Post, Reading
from network.queries.threads import PAGE
from tests.network.views.conftest import words
from tests.support import factories

pytestmark = pytest.mark.django_db


def test_everybody_reads_a_public_thread(client: Client, ada: Person, ben: Person) -> None:
    root = factories.post(ada, "**Limpets** go home.", title="Limpets & homes")
    factories.comment(ben, root, "By the trail.")
    page = words(client.get(f"/posts/{root.pk}"))
    assert "<h1" in page
    assert "Limpets &amp; homes" in page
    assert "<strong>Limpets</strong> go home." in page
    assert "By the trail." in page
    assert "1 comment " in page
    assert "Sign in to comment" in page


@pytest.mark.parametrize("audience", ["followers", "direct"])
def test_an_unreadable_thread_is_not_found(client: Client, noor: Person, ada: Person, audience: str) -> None:
    root = factories.post(ada, audience=audience)
    comment = factories.comment(ada, root)
    secret = factories.post(ada, group=factories.group(ada, Group.Kind.REQUEST))
    for post in (root, comment, secret):
        for page in ("", "/part", "/history", "/reshare"):
            assert client.get(f"/posts/{post.pk}{page}").status_code == 404
        for act in (
            "like",
            "save",
            "reshare",
            "watch",
            "mute",
            "vote",
            "hide",
            "edit",
            "delete",
            "commenting",
        ):
            response = client.post(f"/posts/{post.pk}/{act}", {"text": "x", "commenting": "nobody"})
            assert response.status_code == 404, act


def test_a_thread_is_not_found_across_a_block(client: Client, noor: Person, ada: Person) -> None:
    root = factories.post(ada)
    blocks.block(ada, noor)
    assert client.get(f"/posts/{root.pk}").status_code == 404


def test_the_url_of_a_comment_redirects_to_its_position(client: Client, ada: Person) -> None:
    root = factories.post(ada)
    first = factories.comment(ada, root)
    assert client.get(f"/posts/{first.pk}")["Location"] == f"/posts/{root.pk}#c{first.pk}"


def test_the_url_of_a_late_comment_redirects_to_the_page_that_contains_it(
    client: Client, ada: Person
) -> None:
    root = factories.post(ada)
    comments = [factories.comment(ada, root, f"Number {n}.") for n in range(PAGE + 2)]
    place = client.get(f"/posts/{comments[-1].pk}")["Location"]
    page, _hash, anchor = place.partition("#")
    assert "after=" in page
    assert f'id="{anchor}"' in words(client.get(page))
    assert f'href="{page}" data-one' in words(client.get(page)), "what is new is shown by the same page"
    first = words(client.get(f"/posts/{root.pk}"))
    assert f"?after={comments[PAGE - 1].pk}" in first
    assert "Number 101." not in first
    assert "Number 101." in words(client.get(f"/posts/{root.pk}?after={comments[PAGE - 1].pk}"))


def test_a_page_has_the_attributes_that_live_frames_need(client: Client, noor: Person, ada: Person) -> None:
    root = factories.post(ada)
    comment = factories.comment(ada, root)
    page = words(client.get(f"/posts/{root.pk}"))
    for hook in (
        f'data-live-place="thread:{root.pk}"',
        'data-live-since="',
        f'data-replies="{root.pk}"',
        f'data-replies="{comment.pk}"',
        f'data-post="{comment.pk}"',
        f'data-count="{root.pk}:comments"',
        f'<article class="post full" id="p{root.pk}" data-post="{root.pk}"',
        'data-count="comments"',
        'data-count="reshares"',
        "data-live-pill",
    ):
        assert hook in page, hook


def test_a_partial_is_one_comment_as_its_viewer_sees_it(client: Client, noor: Person, ada: Person) -> None:
    mine = factories.comment(noor, factories.post(ada), "Mine.")
    part = words(client.get(f"/posts/{mine.pk}/part"))
    assert "Mine." in part
    assert "<html" not in part
    menu = words(client.get(f"/posts/{mine.pk}/menu", headers={"HX-Request": "true"}))
    assert f"/posts/{mine.pk}/edit" in menu
    assert "<html" not in menu
    for address in ("part", "menu"):
        assert "/edit" not in words(Client().get(f"/posts/{mine.pk}/{address}"))


def test_comments_since_the_last_visit_are_new_once(client: Client, noor: Person, ada: Person) -> None:
    root = factories.post(ada)
    factories.comment(ada, root, "Old.")
    assert "since your last visit" not in words(client.get(f"/posts/{root.pk}"))
    new = factories.comment(ada, root, "New.")
    factories.comment(noor, root, "Mine is not new to me.")
    page = words(client.get(f"/posts/{root.pk}"))
    assert f'<a href="#c{new.pk}">1 new</a> since your last visit' in page
    assert page.count('<span class="tag">New</span>') == 1
    assert "since your last visit" not in words(client.get(f"/posts/{root.pk}"))


def test_the_read_marker_is_stored_only_for_signed_in_people(client: Client, ada: Person) -> None:
    root = factories.post(ada)
    client.get(f"/posts/{root.pk}")
    assert not Reading.objects.exists()


def test_a_deleted_comment_with_answers_is_a_tombstone(client: Client, ada: Person, ben: Person) -> None:
    root = factories.post(ada)
    gone = factories.comment(ben, root, "I take this back.")
    factories.comment(ada, gone, "Why?")
    alone = factories.comment(ben, root, "This too.")
    posts.delete(ben, gone)
    posts.delete(ben, alone)
    page = words(client.get(f"/posts/{root.pk}"))
    assert page.count("This comment was deleted.") == 1
    assert "I take this back." not in page
    assert f'data-replies="{gone.pk}"' in page
    assert client.get(f"/posts/{gone.pk}").status_code == 404


def test_a_deleted_post_keeps_its_page_while_comments_are_left(
    client: Client, ada: Person, ben: Person
) -> None:
    root = factories.post(ada, "Gone words.")
    comment = factories.comment(ben, root, "What others said.")
    posts.delete(ada, root)
    page = words(client.get(f"/posts/{root.pk}"))
    assert "This post was deleted." in page
    assert "What others said." in page
    assert "Gone words." not in page
    posts.delete(ben, comment)
    assert client.get(f"/posts/{root.pk}").status_code == 404


def test_a_hidden_comment_is_visible_to_two_people(
    client: Client, as_person: Callable[..., Client], ada: Person, ben: Person
) -> None:
    root = factories.post(ada)
    comment = factories.comment(ben, root, "Spam, sort of.")
    response = as_person(ada).post(f"/posts/{comment.pk}/hide", {"next": f"/posts/{root.pk}#c{comment.pk}"})
    assert response["Location"] == f"/posts/{root.pk}#c{comment.pk}"
    assert "Spam, sort of." not in words(client.get(f"/posts/{root.pk}"))
    assert "Spam, sort of." in words(as_person(ben).get(f"/posts/{root.pk}"))
    assert "Show this comment again" in words(as_person(ada).get(f"/posts/{comment.pk}/menu"))
    as_person(ada).post(f"/posts/{comment.pk}/hide", {"undo": "1"})
    assert "Spam, sort of." in words(client.get(f"/posts/{root.pk}"))


def test_only_the_author_of_a_thread_hides_comments(client: Client, noor: Person, ada: Person) -> None:
    comment = factories.comment(ada, factories.post(ada))
    assert client.post(f"/posts/{comment.pk}/hide").status_code == 404


def test_who_may_comment_can_be_set_and_is_shown(
    client: Client, noor: Person, ada: Person, as_person: Callable[..., Client]
) -> None:
    root = factories.post(ada)
    as_person(ada).post(f"/posts/{root.pk}/commenting", {"commenting": "nobody"})
    page = words(client.get(f"/posts/{root.pk}"))
    assert "The author of this thread chose who can comment" in page
    assert "<textarea" not in page
    assert client.post(f"/posts/{root.pk}/commenting", {"commenting": "everyone"}).status_code == 404


def test_outsiders_are_told_to_join_the_group_first(client: Client, noor: Person, ada: Person) -> None:
    root = factories.post(ada, group=factories.group(ada, name="River Watch"))
    page = words(client.get(f"/posts/{root.pk}"))
    assert "Join the group to write in it." in page
    assert "River Watch" in page


def test_a_thread_of_a_hundred_nested_answers_is_one_page(client: Client, ada: Person) -> None:
    post: Post = factories.post(ada)
    root = post
    for n in range(100):
        post = factories.comment(ada, post, f"Depth {n}.")
    page = words(client.get(f"/posts/{root.pk}"))
    assert "Depth 99." in page


def test_a_message_shows_who_can_read_it(client: Client, noor: Person, ada: Person) -> None:
    root = factories.post(ada, audience=Post.Audience.DIRECT, to=(noor,))
    assert "To Noor. Nobody else sees this." in words(client.get(f"/posts/{root.pk}"))


@pytest.mark.parametrize("signed_in", [True, False])
def test_the_number_of_queries_is_the_same_for_one_comment_and_fifty(
    client: Client,
    ada: Person,
    ben: Person,
    django_assert_num_queries,
    as_person: Callable[..., Client],
    signed_in: bool,
) -> None:
    if signed_in:
        client = as_person(ben)
    few, many = factories.post(ada, "#tides"), factories.post(ada, "#tides")
    factories.comment(ada, few)
    parent = many
    for n in range(50):
        comment = factories.comment(ada, parent, f"@ben {n}", quotes=few if n % 7 == 0 else None)
        parent = comment if n % 3 else many
    for root in (few, many):
        client.get(f"/posts/{root.pk}")  # the first visit writes rows that later visits do not write
    with django_assert_num_queries(11 if signed_in else 6) as first:
        client.get(f"/posts/{few.pk}")
    with django_assert_num_queries(len(first)):
        client.get(f"/posts/{many.pk}")


def test_a_message_does_not_name_people_across_a_block(
    client: Client, noor: Person, ada: Person, ben: Person
) -> None:
    message = factories.post(ada, audience=Post.Audience.DIRECT, to=(noor, ben))
    blocks.block(ben, noor)
    for path in ("/messages", f"/posts/{message.pk}"):
        page = words(client.get(path))
        assert "Ada" in page
        assert "Ben" not in page


def test_a_message_uses_the_terms_of_messages(client: Client, noor: Person, ada: Person) -> None:
    post = factories.post(ada, audience=Post.Audience.DIRECT, to=(noor,))
    page = words(client.get(f"/posts/{post.pk}"))
    assert "No answers yet" in page
    assert "Your message</label>" in page
    for foreign in ("No comments yet", "Your comment", "Pause new comments", "Who can comment"):
        assert foreign not in page, foreign
    answer = client.post("/posts", factories.answer(noor, post), follow=True)
    assert "Your message is sent." in words(answer)
    assert "1 answer" in words(answer)
