"""Levels for people, groups and threads: the most restrictive wins."""

from __future__ import annotations

import itertools

import pytest

from feeds.models import Notification
from feeds.notifications import registry
from network.actions import likes, memberships, watches
from network.actions.watches import Level
from network.models import Group, Person, Post
from tests.support import factories
from tests.support.feeds.notifications import notified, notify_all

pytestmark = pytest.mark.django_db


class TestPeople:
    def test_level_all_for_a_person_notifies_of_each_post(self, ada: Person, ben: Person) -> None:
        watches.watch_stream(ben, ada.stream, Level.ALL)
        post = factories.post(ada)
        factories.comment(ada, post)
        factories.post(ada, "Among us.", audience=Post.Audience.FOLLOWERS)
        assert notified(ben) == [("post", "ada")]

    def test_level_nothing_for_a_person(self, ada: Person, ben: Person, chi: Person) -> None:
        post = factories.post(ben)
        watches.watch_stream(ben, ada.stream, Level.NOTHING)
        for who in (ada, chi):
            factories.comment(who, post, "Is it, @ben?")
            likes.like(who, post)
        assert {who for _kind, who in notified(ben)} == {"chi"}
        watches.watch_stream(ben, ada.stream, None)
        factories.comment(ada, post)
        assert ("comment", "ada") in notified(ben)


class TestGroups:
    def test_level_all_for_a_group_notifies_of_each_thread(
        self, ada: Person, ben: Person, chi: Person
    ) -> None:
        group = factories.group(ada, Group.Kind.HIDDEN, ben, chi)
        watches.watch_stream(ben, group.stream, Level.ALL)
        root = factories.post(ada, group=group)
        factories.comment(chi, root)
        assert notified(ben) == [("thread", "ada")]
        assert notified(chi) == []
        memberships.leave(ben, group)
        assert notified(ben) == []

    @pytest.mark.parametrize(("level", "kinds"), [(Level.NAMED, ["mention"]), (Level.NOTHING, [])])
    def test_lower_levels_for_a_group(self, ada: Person, ben: Person, level: Level, kinds: list[str]) -> None:
        group = factories.group(ada, Group.Kind.OPEN, ben)
        root = factories.post(ben, group=group)
        watches.watch_stream(ben, group.stream, level)
        factories.comment(ada, root)
        factories.comment(ada, factories.comment(ben, root))
        factories.comment(ada, root, "Are you there, @ben?")
        assert [kind for kind, _who in notified(ben)] == kinds
        elsewhere = factories.post(ben)
        factories.comment(ada, elsewhere)
        assert ("comment", "ada") in notified(ben)

    def test_a_new_role_is_notified_at_any_level(self, ada: Person, ben: Person) -> None:
        group = factories.group(ada, Group.Kind.OPEN, ben)
        watches.watch_stream(ben, group.stream, Level.NOTHING)
        memberships.give_role(ada, group, ben, factories.Follow.Role.MODERATOR)
        assert notified(ben) == [("role", "ada")]


class TestThreads:
    def test_level_nothing_for_a_thread(self, ada: Person, ben: Person) -> None:
        root = factories.post(ben)
        watches.watch_thread(ben, root, Level.NOTHING)
        factories.comment(ada, root, "Are you there, @ben?")
        assert notified(ben) == []

    def test_level_named_for_a_direct_thread(self, ada: Person, ben: Person) -> None:
        root = factories.post(ada, audience=Post.Audience.DIRECT, to=(ben,))
        watches.watch_thread(ben, root, Level.NAMED)
        notify_all()
        Notification.objects.all().delete()
        factories.comment(ada, root)
        factories.comment(ada, root, "Are you there, @ben?")
        assert notified(ben) == [("mention", "ada")]

    def test_level_named_for_a_thread_keeps_likes(self, ada: Person, ben: Person) -> None:
        root = factories.post(ben)
        watches.watch_thread(ben, root, Level.NAMED)
        likes.like(ada, root)
        assert notified(ben) == [("thanks", "ada")]

    def test_the_most_restrictive_of_several_levels_wins(self, ada: Person, ben: Person, chi: Person) -> None:
        """All combinations of levels for the person, the group and the thread."""
        group = factories.group(ada, Group.Kind.OPEN, ben, chi)
        levels = (None, Level.ALL, Level.NAMED, Level.NOTHING)
        for of_person, of_group, of_thread in itertools.product(levels, repeat=3):
            root = factories.post(chi, group=group)
            factories.comment(ben, root)
            notify_all()
            watches.watch_stream(ben, ada.stream, of_person)
            watches.watch_stream(ben, group.stream, of_group)
            watches.watch_thread(ben, root, of_thread or Level.ALL)
            comment, mention = factories.comment(ada, root), factories.comment(ada, root, "And you, @ben?")
            notify_all()
            found = Notification.objects.filter(person=ben, activity__in=[comment.pk, mention.pk])
            chosen = {of_person, of_group, of_thread}
            expected = 0 if Level.NOTHING in chosen else 1 if Level.NAMED in chosen else 2
            assert found.count() == expected, (of_person, of_group, of_thread)


def test_the_kinds_that_a_level_drops_and_the_kinds_that_are_mailed() -> None:
    dropped = registry.values(lambda kind: kind.is_dropped_at_level_named)
    mailed = registry.values(lambda kind: kind.is_mailed)
    assert set(dropped) == {"message", "reply", "comment", "post", "thread"}
    assert set(mailed) == {"request", "invited", "accepted", "role", "group", "mention", "message", "reply"}
