"""Each rule of who may read exists as SQL, in memory and in the oracle, and a package can add one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import pytest
from django.db.models import Q

from network.actions import blocks, follows, memberships
from network.models import Activity, Group, Person, Post
from network.queries import rights as sql
from network.queries.posts import readable_by
from network.queries.rights import ReadingRule
from network.queries.showing import show
from realtime.visibility import filtering, invalidation, loading
from realtime.visibility.rights import load
from tests.oracle import rights as oracle
from tests.oracle.world import World
from tests.support import factories
from tests.support.planting import built_anew

TABLES = (sql.READING_RULES, filtering.READING_RULES, oracle.READING_RULES)


@contextmanager
def changed_rules(*changes: tuple[dict, dict]) -> Iterator[None]:
    """Inside, tables of rules have other rules."""
    with built_anew():
        patches = [mock.patch.dict(table, rules, clear=True) for table, rules in changes]
        for patch in patches:
            patch.start()
        try:
            yield
        finally:
            for patch in patches:
                patch.stop()


def may_read(person: Person, post: Post) -> list[bool]:
    """By SQL that is built, by compiled SQL, in memory, and by the oracle."""
    known, about = load([person.pk])[person.pk], loading.of_posts([post.pk])[post.pk]
    return [
        readable_by(person).filter(pk=post.pk).exists(),
        post.pk in show(person, [post.pk]),
        filtering.may_read(known, about),
        oracle.may_read(World(), person.pk, post.pk),
    ]


@pytest.fixture
def admitted(ada: Person, ben: Person) -> dict[str, tuple[Person, Post]]:
    """For each rule, somebody and a comment of another that this rule alone lets them read."""
    chi = factories.person()
    factories.follow(ben, ada)
    factories.follow(chi, ada)
    hidden = factories.group(ada, Group.Kind.HIDDEN, ben)
    direct = factories.post(ada, audience=Post.Audience.DIRECT, to=(ben, chi))
    own = factories.post(ada, audience=Post.Audience.FOLLOWERS)
    return {
        "author": (ada, factories.comment(chi, own)),
        "member": (ben, factories.post(ada, group=hidden)),
        "follower": (ben, factories.post(ada, audience=Post.Audience.FOLLOWERS)),
        "addressee": (ben, factories.comment(ada, direct)),
    }


def test_the_three_tables_have_the_same_rules() -> None:
    assert {frozenset(table) for table in TABLES} == {
        frozenset({"author", "member", "follower", "addressee"})
    }


@pytest.mark.parametrize("name", sql.READING_RULES)
def test_a_rule_admits_by_itself(admitted: dict[str, tuple[Person, Post]], name: str) -> None:
    person, post = admitted[name]
    assert may_read(person, post) == [True] * 4
    with changed_rules(*((table, {name: table[name]}) for table in TABLES)):
        assert may_read(person, post) == [True] * 4
    with changed_rules(
        *((table, {other: table[other] for other in table if other != name}) for table in TABLES)
    ):
        assert may_read(person, post) == [False] * 4


def test_a_package_adds_a_rule(ada: Person, ben: Person) -> None:
    post = factories.post(ada, "Open day at the pier", audience=Post.Audience.FOLLOWERS)
    other = factories.post(ada, "Nothing for others", audience=Post.Audience.FOLLOWERS)
    guests = (
        ReadingRule(lambda viewer, thread: Q(**{f"{thread}text__startswith": "Open day"})),
        lambda rights, visibility: " open day " in visibility.words,
        lambda world, viewer, root: root.text.startswith("Open day"),
    )
    assert may_read(ben, post) == [False] * 4
    with changed_rules(
        *((table, {**table, "guest": rule}) for table, rule in zip(TABLES, guests, strict=True))
    ):
        assert may_read(ben, post) == [True] * 4
        assert may_read(ben, other) == [False] * 4
        blocks.block(ada, ben)
        assert may_read(ben, post) == [False] * 4


def test_the_activities_that_change_a_rule_reload_rights(ada: Person, ben: Person) -> None:
    group = factories.group(ada, Group.Kind.REQUEST)
    approving = factories.person(approves=True)
    memberships.join(ben, group)
    memberships.accept(ada, group, ben)
    memberships.leave(ben, group)
    memberships.join(ben, group)
    memberships.remove(ada, group, ben)
    follows.follow(ben, approving.stream)
    follows.accept(approving, ben)
    follows.remove_follower(approving, ben)
    follows.follow(ben, ada.stream)
    follows.unfollow(ben, ada.stream)
    blocks.block(ada, ben)
    blocks.unblock(ada, ben)
    reloaded = {
        activity.type
        for activity in Activity.objects.filter(post=None)
        if ben.pk in invalidation.people_affected_by(activity)
    }
    assert reloaded >= set().union(*(rule.changed_by for rule in sql.READING_RULES.values()))
