"""A muted post is on no page but its own: other pages have one line in its place."""

from __future__ import annotations

import pytest
from django.test import Client

from feeds.notifications import pages
from feeds.notifications.rendering import plain
from network.actions import edits, follows, lists, mutes, reshares
from network.actions.drafts import Draft
from network.models import Follow, Person, Post
from tests.network.views.conftest import words
from tests.support import factories
from tests.support.feeds.notifications import notify_all

LINE = "A post you muted</a>"


@pytest.fixture
def spoiler(noor: Person, dan: Person) -> Post:
    """A post by Dan with a word that Noor muted."""
    mutes.mute_word(noor, "spoiler")
    return factories.post(dan, "A spoiler of the end.")


def follow_with_comments(follower: Person, followed: Person, place: Follow.Place = Follow.Place.HOME) -> None:
    """Follow a person, with all their comments."""
    factories.follow(follower, followed)
    follows.deliver(follower, followed.stream, place=place, comments=Follow.Comments.ALL)


def assert_muted(page: str, number: int = 1) -> None:
    assert "of the end" not in page
    assert page.count(LINE) == number


def test_in_a_quote_at_home(client: Client, noor: Person, ada: Person, spoiler: Post) -> None:
    factories.follow(noor, ada)
    factories.post(ada, "Worth reading.", quotes=spoiler)
    page = words(client.get("/"))
    assert_muted(page)
    assert "Worth reading." in page
    assert f'href="/posts/{spoiler.pk}">{LINE}' in page


def test_in_the_post_that_was_reshared(
    client: Client, noor: Person, ada: Person, ben: Person, spoiler: Post
) -> None:
    factories.follow(noor, ada)
    reshares.reshare(ada, factories.post(ben, "Worth reading.", quotes=spoiler))
    page = words(client.get("/"))
    assert_muted(page)
    assert "Worth reading." in page


def test_in_what_a_comment_answers(client: Client, noor: Person, ada: Person, spoiler: Post) -> None:
    follow_with_comments(noor, ada)
    factories.comment(ada, spoiler, "I guessed it.")
    page = words(client.get("/"))
    assert_muted(page)
    assert "I guessed it." in page


def test_the_card_itself_goes(client: Client, noor: Person, ada: Person, dan: Person, spoiler: Post) -> None:
    factories.follow(noor, dan)
    factories.follow(noor, ada)
    factories.post(ada, "A spoiler of my own.", quotes=spoiler)
    page = words(client.get("/"))
    assert_muted(page, 0)
    assert "of my own" not in page


def test_in_a_list_and_a_part_of_home(client: Client, noor: Person, ada: Person, spoiler: Post) -> None:
    factories.follow(noor, ada)
    factories.post(ada, "Worth reading.", quotes=spoiler)
    assert_muted(words(client.get("/?show=people")))
    friends = lists.create(noor, "Friends")
    follows.deliver(noor, ada.stream, place=friends)
    assert_muted(words(client.get(f"/lists/{friends.pk}")))


def test_in_a_digest(client: Client, noor: Person, ada: Person, ben: Person, spoiler: Post) -> None:
    follow_with_comments(noor, ada, place=Follow.Place.DIGEST)
    factories.comment(ada, spoiler, "I guessed it.")
    factories.comment(ada, factories.post(ben, "What is for tea?"), "Eels.")
    page = words(client.get("/digest"))
    assert_muted(page, 0)
    assert "What is for tea?" in page


def test_among_posts_to_find(client: Client, noor: Person, ada: Person, spoiler: Post) -> None:
    factories.post(ada, "Worth reading.", quotes=spoiler)
    assert_muted(words(client.get("/explore/posts")))


def test_in_messages(client: Client, noor: Person, dan: Person, spoiler: Post) -> None:
    factories.post(dan, "This spoiler of the end is for you.", audience=Post.Audience.DIRECT, to=(noor,))
    page = words(client.get("/messages"))
    assert_muted(page)
    assert "Dan" in page


def test_in_notices(noor: Person, ada: Person, ben: Person, dan: Person, spoiler: Post) -> None:
    factories.comment(ada, spoiler, "Is it so, @noor?")
    mine = factories.post(noor, "My own spoiler of the end.")
    factories.post(ben, "Worth reading.", quotes=mine)
    factories.comment(ada, factories.post(dan, "Tea?"), "Eels, @noor?")
    notify_all()
    assert [plain(line) for line in pages.page(noor).lines] == [
        "Ada named you in “Tea?”",
        "Ben quoted a post you muted",
        "Ada named you in a post you muted",
    ]


def test_nothing_at_its_own_address(
    client: Client, noor: Person, ada: Person, dan: Person, spoiler: Post
) -> None:
    mutes.mute_person(noor, dan)
    quoting = factories.post(ada, "Worth reading.", quotes=spoiler)
    for address in (f"/posts/{spoiler.pk}", f"/posts/{quoting.pk}", "/people/dan", "/people/ada"):
        page = words(client.get(address))
        assert "of the end" in page, address
        assert LINE not in page, address


def test_an_edit_counts_at_the_next_reading(client: Client, noor: Person, ada: Person, spoiler: Post) -> None:
    factories.follow(noor, ada)
    factories.post(ada, "Worth reading.", quotes=spoiler)
    edits.edit(spoiler.author, spoiler, Draft("Nothing more to fear."))
    page = words(client.get("/"))
    assert LINE not in page
    assert "Nothing more to fear." in page


def test_a_reshare_of_a_reshare_shows_the_post_itself(
    client: Client, noor: Person, ada: Person, ben: Person, chi: Person, dan: Person
) -> None:
    factories.follow(noor, ada)
    first = factories.post(dan, "The tide is early.")
    second = factories.post(ben, "Look at this.", quotes=first)
    reshares.reshare(ada, second)
    third = factories.post(ada, "And at that.", quotes=second)
    fourth = factories.post(chi, "All of you.", quotes=third)
    for address in ("/", f"/posts/{third.pk}", "/people/ada"):
        page = words(client.get(address))
        assert page.count(">Look at this.</p>") == page.count(">The tide is early.</p>") >= 1, address
        assert "reshares another post" not in page, address
    page = words(client.get(f"/posts/{fourth.pk}"))
    assert "Look at this." in page
    assert "The tide is early." not in page
    assert f'href="/posts/{second.pk}">It reshares another post</a>' in page
