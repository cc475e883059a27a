"""Home as a page: what fills it, what it says while it is empty, and what it costs."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from network.models import Person
from tests.network.views.conftest import words
from tests.support import factories


def cards(page: str) -> list[int]:
    """The posts on a page, in order."""
    return [int(id) for id in re.findall(r'<article class="post" id="p(\d+)"', page)]


def test_somebody_signed_out_is_welcomed(db: None, client: Client) -> None:
    page = words(client.get("/"))
    assert 'data-live-place="home"' not in page
    assert "/accounts/signup/" in page


def test_an_empty_home_says_what_will_fill_it_and_shows_what_others_say(
    client: Client, noor: Person, ada: Person
) -> None:
    post = factories.post(ada, "On #rivers")
    topic = factories.topic("rivers")
    page = words(client.get("/"))
    assert "Hello, Noor." in page
    assert f'action="/topics/{topic.name}/follow"' in page
    assert 'action="/people/ada/follow"' in page
    assert 'action="/posts"' in page
    assert cards(page) == [post.pk]


def test_what_is_done_of_it_is_marked(client: Client, noor: Person, ada: Person) -> None:
    factories.follow(noor, ada)
    for name in ("rivers", "proof"):
        factories.follow(noor, factories.topic(name))
    page = words(client.get("/"))
    assert re.search(r"<li ><h2>Follow three topics", page)
    assert re.search(r'<li class="done"><h2>Follow one person', page)
    assert "You follow 2 topics." in page


def test_people_whom_one_muted_are_not_suggested(client: Client, noor: Person, ada: Person) -> None:
    client.post("/people/ada/mute")
    assert "/people/ada/follow" not in words(client.get("/"))


def test_topics_chosen_at_sign_up_fill_it_and_it_says_so(client: Client, noor: Person, ada: Person) -> None:
    post = factories.post(ada, "Measured the #rivers today.")
    factories.follow(noor, factories.topic("rivers"))
    page = words(client.get("/"))
    assert cards(page) == [post.pk]
    assert "All of this comes from the topics that you chose." in page
    factories.follow(noor, ada)
    assert "All of this comes from the topics" not in words(client.get("/"))


@pytest.mark.django_db(transaction=True)
def test_a_database_that_takes_nothing_is_read(client: Client, noor: Person, ada: Person) -> None:
    """A disk may be full, or a replica not yet the master; how far one has read is kept another time."""
    factories.follow(noor, ada)
    post = factories.post(ada)
    switch = "default_transaction_read_only" if connection.vendor == "postgresql" else "query_only"
    verb = "SET" if connection.vendor == "postgresql" else "PRAGMA"
    with connection.cursor() as cursor:
        cursor.execute(f"{verb} {switch} = on")
        try:
            assert cards(words(client.get("/"))) == [post.pk]
        finally:
            cursor.execute(f"{verb} {switch} = off")


def test_older_posts_are_a_link_and_each_stands_once(client: Client, noor: Person, ada: Person) -> None:
    factories.follow(noor, ada)
    posts = [factories.post(ada, f"Number {number}.").pk for number in range(25)]
    first = words(client.get("/"))
    older = re.search(r'href="(\?older=[\d.]+)"', first)
    assert older is not None
    factories.post(ada, "Newer than the first page.")
    second = words(client.get(f"/{older[1]}"))
    assert cards(first) + cards(second) == posts[::-1]
    assert "data-live-pill" in first
    assert "data-live-pill" not in second


@pytest.mark.parametrize("raw", ["", "1", "0.0", "9.1", "-1.5", "1.99999999999999999", "x.y", "1.1.1"])
def test_a_cursor_that_no_page_gave_is_refused_with_a_sentence(
    client: Client, noor: Person, raw: str
) -> None:
    response = client.get("/", {"older": raw})
    assert response.status_code == 400
    assert "Start again from the first page." in words(response)


def test_the_margin_says_what_is_new_in_ones_groups(client: Client, noor: Person, ada: Person) -> None:
    group = factories.group(ada, factories.Group.Kind.HIDDEN, noor, name="River Watch")
    thread = factories.post(ada, group=group)
    factories.comment(ada, thread)
    assert "2 new" in words(client.get("/"))
    client.get(f"/posts/{thread.pk}")
    assert "2 new" not in words(client.get("/"))


def test_a_page_costs_the_same_with_one_card_and_with_fifty(
    client: Client, noor: Person, ada: Person
) -> None:
    factories.follow(noor, ada)
    group = factories.group(ada, factories.Group.Kind.OPEN, noor)
    factories.post(ada, "One #topic.", group=group)
    with CaptureQueriesContext(connection) as one:
        client.get("/")
    for number in range(49):
        person = factories.person()
        factories.follow(noor, person)
        post = factories.post(person, f"Number {number} on #topic{number}.", group=None)
        factories.comment(person, post)
        factories.group(person, factories.Group.Kind.OPEN, noor)
    with CaptureQueriesContext(connection) as many:
        assert len(cards(words(client.get("/")))) == 20
    assert len(many) <= len(one) + 1  # what comments answer is asked for where there are any
    assert len(many) <= 25


def test_a_reply_is_compact_and_says_what_it_answers_and_how_many_more_there_are(
    client: Client, noor: Person, ada: Person, ben: Person
) -> None:
    for followed in (ada, ben):
        factories.follow(noor, followed)
    root = factories.post(ben, "About the long way home. " + "It goes on and on. " * 40)
    factories.comment(ben, root)
    comment = factories.comment(ada, root, "A short word.")
    page = words(client.get("/"))
    assert cards(page) == [comment.pk]
    assert re.search(
        rf'<p class="in-reply-to"><span>On</span> <a href="{root.get_absolute_url()}"[^>]*>About the', page
    )
    assert page.count("It goes on and on.") < 10, "not the whole of it"
    more = f'href="{root.get_absolute_url()}">1 more in this thread</a>'
    assert more in page
    factories.comment(noor, comment)
    assert more.replace("1 more", "2 more") in words(client.get("/"))


def test_a_thread_with_one_comment_has_no_more(
    client: Client, noor: Person, ada: Person, ben: Person
) -> None:
    factories.follow(noor, ada)
    factories.comment(ada, factories.comment(noor, factories.post(ben)))
    page = words(client.get("/people/ada"))
    assert "1 more in this thread" in page
    factories.comment(ada, factories.post(ben, "Alone"))
    page = words(client.get("/people/ada"))
    assert page.count("more in this thread") == 1
