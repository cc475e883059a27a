"""Kept parts that name their viewer: the short form, the tabs, the groups in the margin, and polls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from django.test import Client

from network import rendering
from network.actions import groups, lists, people, polls
from network.actions.groups import GroupDraft
from network.actions.people import Profile
from network.models import Group, Person, Topic
from network.templatetags import pages
from network.values import Composer, Groups, Rail, Tabs
from tests.feeds.views.test_kept_values import assert_is_plain
from tests.support import factories
from tests.support.feeds.conversation import SignIn, World, read

Change = Callable[[World, Person], object]

# What changes, what home shows then, and whether others see it too.
CHANGES: dict[str, tuple[Change, str, bool]] = {
    "a list": (lambda w, noor: lists.create(noor, "Tidal people"), ">Tidal people</a>", False),
    "the viewer's name": (
        lambda w, noor: people.describe(noor, Profile("Zaha Quill")),
        'hanging" aria-hidden="true">ZQ</span>',
        False,
    ),
    "a topic that is followed": (
        lambda w, noor: factories.follow(noor, factories.topic("dunes")),
        '<option value="dunes">',
        False,
    ),
    "a topic's title": (
        lambda w, noor: Topic.objects.filter(pk=w.topic.pk).update(title="Streams"),
        '<option value="rivers">Streams</option>',
        True,
    ),
    "a group that is joined": (
        lambda w, noor: factories.group(w.chi, Group.Kind.OPEN, noor, name="Cellar"),
        ">Cellar</a>",
        False,
    ),
    "a group's name": (
        lambda w, noor: groups.edit(w.ada, w.group, GroupDraft("Strand", Group.Kind.OPEN)),
        'data-button="Post to Strand"',
        True,
    ),
    "what is new in a group": (
        lambda w, noor: [factories.post(w.ada, text, group=w.group) for text in ("Sand.", "Salt.")],
        ">Shore</a> <small>3 new</small>",
        True,
    ),
    "a first follower": (lambda w, noor: factories.follow(w.dan, noor), "", False),
    "a vote of another": (lambda w, noor: polls.vote(w.dan, w.poll, {1}), " 1 person ", True),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_changes_is_seen_by_whom_it_concerns(
    world: World, noor: Person, client: Client, as_person: SignIn, what: str
) -> None:
    change, after, is_seen_by_others = CHANGES[what]
    other = as_person(world.ben)
    mine, theirs = read(client, "/"), read(other, "/")
    assert not after or after not in mine
    change(world, noor)
    for browser, before, is_changed in ((client, mine, True), (other, theirs, is_seen_by_others)):
        kept = read(browser, "/")
        assert (kept != before) is is_changed
        assert (after in kept) is is_changed or not after
        rendering.forget()
        assert read(browser, "/") == kept


def test_a_person_without_followers_is_told_so(world: World, noor: Person, client: Client) -> None:
    assert "Nobody follows you yet. Choose a topic" in read(client, "/")
    factories.follow(world.dan, noor)
    assert "Nobody follows you yet" not in read(client, "/")


def test_the_parts_hold_no_secret_and_are_made_of_values_alone(world: World, client: Client) -> None:
    values: list[Any] = []
    rendered = rendering.rendered

    def note(template: str, value: Any = None) -> Any:
        part = rendered(template, value)
        assert "csrf" not in part
        assert 'type="hidden"' not in part
        values.append(value)
        return part

    with mock.patch.object(pages, "rendered", note):
        read(client, "/", f"/groups/{world.group.slug}")
    assert {Composer, Groups, Rail, Tabs} <= set(map(type, values))
    for value in values:
        assert_is_plain(value)


def test_the_form_of_a_group_of_members_names_its_only_place(ada: Person, as_person: SignIn) -> None:
    group = factories.group(ada, Group.Kind.REQUEST, name="Cellar")
    page = read(as_person(ada), f"/groups/{group.slug}")
    assert ">Post to Cellar</button>" in page
    assert 'id="say-place"' not in page
