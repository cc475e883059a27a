"""The number of unread messages: direct threads with something unseen. The navigation of every page shows it."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from network.actions import blocks, mutes, posts, threads
from network.models import Group, Person, Post
from network.queries import groups
from network.queries.messages import find_page, number_unread
from tests.network.views.conftest import BACKEND
from tests.support import factories

DIRECT = Post.Audience.DIRECT
NUMBER = re.compile(
    r'<span>Messages</span>\s*(?:<span class="count">(\d+)<span class="vh"> new</span></span>)?'
)


def message(author: Person, *to: Person) -> Post:
    return factories.post(author, "Friday, then?", audience=DIRECT, to=to)


def test_threads_are_counted_and_not_their_posts(ada: Person, ben: Person, chi: Person) -> None:
    assert number_unread(ada) == 0
    root = message(ben, ada)
    factories.comment(ben, root)
    factories.comment(ben, root)
    message(chi, ada, ben)
    assert number_unread(ada) == 2
    assert number_unread(ben) == 1


def test_own_posts_are_seen_and_answers_to_them_are_not(ada: Person, ben: Person) -> None:
    root = message(ada, ben)
    factories.comment(ada, root)
    assert number_unread(ada) == 0
    answer = factories.comment(ben, root)
    assert number_unread(ada) == 1
    threads.mark_read(ada, root, answer.pk)
    assert number_unread(ada) == 0


def test_other_threads_are_not_messages(ada: Person, ben: Person) -> None:
    factories.follow(ada, ben)
    factories.comment(ben, factories.post(ada))
    factories.post(ben, audience=Post.Audience.FOLLOWERS)
    assert number_unread(ada) == 0


def test_deleted_blocked_and_muted_messages_are_not_counted(ada: Person, ben: Person, chi: Person) -> None:
    gone = message(ben, ada)
    muted = message(ben, ada)
    message(chi, ada)
    assert number_unread(ada) == 3
    posts.delete(ben, gone)
    assert number_unread(ada) == 2
    mutes.mute_thread(ada, muted)
    assert number_unread(ada) == 1
    blocks.block(chi, ada)
    assert number_unread(ada) == 0


def test_every_page_shows_the_number_and_opening_the_thread_lowers_it(db: None) -> None:
    noor, ada = factories.user("noor").person, factories.person("ada")
    first = message(ada, noor)
    message(ada, noor)
    browser = Client()
    browser.force_login(noor.user, backend=BACKEND)

    def shown(path: str) -> str:
        found = NUMBER.search(browser.get(path).content.decode())
        assert found is not None
        return found[1] or ""

    assert [shown(path) for path in ("/", "/explore", "/messages")] == ["2"] * 3
    browser.get(f"/posts/{first.pk}")
    assert shown("/") == "1"


@pytest.mark.django_db
def test_the_number_costs_one_query(ada: Person, ben: Person, django_assert_num_queries) -> None:
    for _ in range(3):
        message(ben, ada)
    with django_assert_num_queries(1):
        assert number_unread(ada) == 3


@pytest.mark.django_db
def test_a_thread_that_the_list_does_not_show_is_not_counted(ada: Person, ben: Person) -> None:
    root = message(ben, ada)
    factories.comment(ben, root, "And on Saturday?")
    posts.delete(ben, root)
    assert number_unread(ada) == 0 == len(find_page(ada).messages)

    group = factories.group(ben, Group.Kind.OPEN, ada)
    root = factories.post(ben, group=group)
    factories.comment(ben, root)
    posts.delete(ben, root)
    assert [found.unread for found in groups.mine(ada)] == [0]


@pytest.mark.django_db
def test_muted_messages_are_new_neither_in_the_number_nor_in_the_list(ada: Person, ben: Person) -> None:
    mutes.mute_thread(ada, message(ben, ada))
    assert number_unread(ada) == 0
    assert [found.unread for found in find_page(ada).messages] == [0]
