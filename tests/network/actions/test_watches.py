"""Watches: levels of notifications for threads, people and groups."""

from __future__ import annotations

import pytest

from network.actions import blocks, follows, memberships, watches
from network.actions.watches import Level
from network.errors import Invalid, NotVisible
from network.models import Activity, Group, Person, Post, Watch
from tests.support import factories


def levels(person: Person) -> list[str]:
    return list(Watch.objects.filter(person=person).values_list("level", flat=True))


class TestThreads:
    def test_a_thread_is_watched_once_from_any_of_its_posts(self, ada, ben, chi):
        root = factories.post(ada)
        comment = factories.comment(ben, root)
        watches.watch_thread(chi, comment)
        watches.watch_thread(chi, root)
        assert Watch.objects.get(person=chi).thread == root
        watches.watch_thread(chi, comment, Level.NAMED)
        watches.watch_thread(chi, comment, Level.NAMED)
        assert levels(chi) == [Level.NAMED]
        assert Activity.objects.filter(actor=chi, type="Add").count() == 2

    def test_writing_watches_the_thread_unless_a_level_was_chosen(self, ada, ben):
        root = factories.post(ada)
        factories.comment(ben, root)
        assert levels(ben) == [Level.ALL]
        watches.watch_thread(ben, root, Level.NOTHING)
        factories.comment(ben, root)
        assert levels(ben) == [Level.NOTHING]

    def test_watching_needs_the_right_to_read(self, ada, ben):
        with pytest.raises(NotVisible):
            watches.watch_thread(ben, factories.post(ada, audience=Post.Audience.DIRECT))


class TestStreams:
    def test_a_person_is_watched_and_reset_to_the_default(self, ada, ben):
        watches.watch_stream(ada, ben.stream, Level.NOTHING)
        assert levels(ada) == [Level.NOTHING]
        watches.watch_stream(ada, ben.stream, None)
        watches.watch_stream(ada, ben.stream, None)
        assert levels(ada) == []
        assert Activity.objects.filter(actor=ada, type="Remove").count() == 1

    def test_only_members_watch_a_group(self, ada, ben):
        group = factories.group(ada)
        with pytest.raises(NotVisible):
            watches.watch_stream(ben, group.stream, Level.ALL)
        factories.join(ben, group)
        watches.watch_stream(ben, group.stream, Level.ALL)
        assert levels(ben) == [Level.ALL]

    def test_an_invisible_person_cannot_be_watched(self, ada, ben):
        blocks.block(ada, ben)
        with pytest.raises(NotVisible):
            watches.watch_stream(ben, ada.stream, Level.ALL)

    def test_neither_oneself_nor_a_topic_can_be_watched(self, ada):
        for stream in (ada.stream, factories.topic("tides").stream):
            with pytest.raises(Invalid):
                watches.watch_stream(ada, stream, Level.ALL)

    def test_a_watch_ends_with_the_follow_unless_its_level_is_nothing(self, ada, ben):
        group = factories.group(ada, Group.Kind.OPEN, ben)
        factories.follow(ben, ada)
        watches.watch_stream(ben, group.stream, Level.ALL)
        watches.watch_stream(ben, ada.stream, Level.ALL)
        memberships.leave(ben, group)
        follows.unfollow(ben, ada.stream)
        assert levels(ben) == []
        factories.follow(ben, ada)
        watches.watch_stream(ben, ada.stream, Level.NOTHING)
        follows.unfollow(ben, ada.stream)
        assert levels(ben) == [Level.NOTHING]
