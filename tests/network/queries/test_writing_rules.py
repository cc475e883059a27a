"""Each rule of who may write lets people write by itself, and a package can add one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from unittest import mock

import pytest
from django.db.models import Q

from network.actions import blocks, groups, memberships
from network.errors import NotVisible, Refused
from network.models import Group, Person, Post
from network.queries import posts
from network.queries.showing import show
from network.queries.writing import WRITING_RULES, WritingRule
from tests.support import factories
from tests.support.planting import built_anew

Commenting = Post.Commenting


@contextmanager
def changed_rules(rules: Mapping[str, WritingRule]) -> Iterator[None]:
    """Inside, there are other rules."""
    with built_anew(), mock.patch.dict(WRITING_RULES, rules, clear=True):
        yield


def may_write(person: Person, thread: Post) -> list[bool]:
    """By the question that actions and presence ask, by the page of the thread, and by writing a comment."""
    shown = show(person, [thread.pk]).get(thread.pk)
    return [
        posts.may_comment(person, thread),
        shown is not None and shown.marks is not None and shown.marks.may_comment,
        can_comment(person, thread),
    ]


def can_comment(person: Person, thread: Post) -> bool:
    try:
        factories.comment(person, thread)
    except (NotVisible, Refused):
        return False
    return True


@pytest.fixture
def allowed(ada: Person, ben: Person) -> list[tuple[str, Person, Post]]:
    """Rules, each with somebody and a thread in which this rule alone lets them write."""
    factories.follow(ada, ben)
    direct = {"audience": Post.Audience.DIRECT, "to": (ben,), "commenting": Commenting.NAMED}
    return [
        ("author", ada, factories.post(ada, commenting=Commenting.NOBODY)),
        ("everyone", ben, factories.post(ada, commenting=Commenting.EVERYONE)),
        ("followed", ben, factories.post(ada, commenting=Commenting.FOLLOWED)),
        ("named", ben, factories.post(ada, "Ask @ben.", commenting=Commenting.NAMED)),
        ("named", ben, factories.post(ada, **direct)),
    ]


def test_each_rule_lets_people_write_by_itself(allowed: list[tuple[str, Person, Post]]) -> None:
    assert {name for name, _, _ in allowed} == set(WRITING_RULES)
    for name, person, thread in allowed:
        assert may_write(person, thread) == [True] * 3, name
        with changed_rules({name: WRITING_RULES[name]}):
            assert may_write(person, thread) == [True] * 3, name
        with changed_rules({other: rule for other, rule in WRITING_RULES.items() if other != name}):
            assert may_write(person, thread) == [False] * 3, name


def open_days(person: object, thread: str) -> Q:
    return Q(**{f"{thread}text__startswith": "Open day"})


def test_a_package_adds_a_rule(ada: Person, ben: Person) -> None:
    thread = factories.post(ada, "Open day at the pier", commenting=Commenting.NOBODY)
    other = factories.post(ada, "Nothing to add", commenting=Commenting.NOBODY)
    assert may_write(ben, thread) == [False] * 3
    with changed_rules({**WRITING_RULES, "guest": open_days}):
        assert may_write(ben, thread) == [True] * 3
        assert may_write(ben, other) == [False] * 3
        blocks.block(ada, ben)
        assert may_write(ben, thread) == [False] * 3


def test_no_rule_lets_people_write_outside_of_open_groups_of_their_own(ada: Person, ben: Person) -> None:
    group = factories.group(ada, Group.Kind.OPEN)
    thread = factories.post(ada, "Open day at the pier", group=group, commenting=Commenting.NOBODY)
    with changed_rules({**WRITING_RULES, "guest": open_days}):
        assert may_write(ben, thread) == [False] * 3
        memberships.join(ben, group)
        assert may_write(ben, thread) == [True] * 3
        groups.close(ada, group)
        assert may_write(ben, thread) == [False] * 3


def test_no_rules_at_all_are_an_error_and_no_permission() -> None:
    with changed_rules({}), pytest.raises(TypeError):
        posts.may_comment(Person(pk=1), Post(pk=2))
