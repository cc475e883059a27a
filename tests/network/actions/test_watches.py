"""How much one hears of a thread, of somebody, of a group."""

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
    def test_are_watched_from_any_post_in_them_once(self, ada, ben, chi):
        root = factories.post(ada)
        comment = factories.comment(ben, root)
        watches.watch_thread(chi, comment)
        watches.watch_thread(chi, root)
        assert Watch.objects.get(person=chi).thread == root
        watches.watch_thread(chi, comment, Level.NAMED)
        watches.watch_thread(chi, comment, Level.NAMED)
        assert levels(chi) == [Level.NAMED]
        assert Activity.objects.filter(actor=chi, type="Add").count() == 2

    def test_writing_watches_unless_one_has_chosen(self, ada, ben):
        root = factories.post(ada)
        factories.comment(ben, root)
        assert levels(ben) == [Level.ALL]
        watches.watch_thread(ben, root, Level.NOTHING)
        factories.comment(ben, root)
        assert levels(ben) == [Level.NOTHING]

    def test_need_the_right_to_read(self, ada, ben):
        with pytest.raises(NotVisible):
            watches.watch_thread(ben, factories.post(ada, audience=Post.Audience.DIRECT))


class TestStreams:
    def test_of_a_person_and_back_to_as_usual(self, ada, ben):
        watches.watch_stream(ada, ben.stream, Level.NOTHING)
        assert levels(ada) == [Level.NOTHING]
        watches.watch_stream(ada, ben.stream, None)
        watches.watch_stream(ada, ben.stream, None)
        assert levels(ada) == []
        assert Activity.objects.filter(actor=ada, type="Remove").count() == 1

    def test_of_a_group_by_its_members_alone(self, ada, ben):
        group = factories.group(ada)
        with pytest.raises(NotVisible):
            watches.watch_stream(ben, group.stream, Level.ALL)
        factories.join(ben, group)
        watches.watch_stream(ben, group.stream, Level.ALL)
        assert levels(ben) == [Level.ALL]

    def test_of_nobody_who_is_out_of_sight(self, ada, ben):
        blocks.block(ada, ben)
        with pytest.raises(NotVisible):
            watches.watch_stream(ben, ada.stream, Level.ALL)

    def test_of_neither_oneself_nor_a_topic(self, ada):
        for stream in (ada.stream, factories.topic("tides").stream):
            with pytest.raises(Invalid):
                watches.watch_stream(ada, stream, Level.ALL)

    def test_end_with_the_follow_but_silence_stays(self, ada, ben):
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
