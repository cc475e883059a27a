"""Nobody is notified of what they may not see or have muted, and old notifications of it are hidden."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from feeds.models import Notification
from feeds.notifications import pages
from network.actions import blocks, follows, likes, memberships, mutes, posts, reshares, threads
from network.models import Follow, Group, Person, Post
from tests.support import factories
from tests.support.feeds.notifications import notified, notify_all

pytestmark = pytest.mark.django_db


class TestRights:
    def test_posts_that_a_person_may_not_read(self, ada: Person, ben: Person) -> None:
        factories.post(ada, "Among us, @ben.", audience=Post.Audience.FOLLOWERS)
        factories.post(ada, "Among us, @ben.", group=factories.group(ada, Group.Kind.HIDDEN))
        factories.post(ada, "Not for @ben.", audience=Post.Audience.DIRECT, to=(factories.person(),))
        notify_all()
        assert not Notification.objects.filter(person=ben, activity__post__audience="followers").exists()
        assert not Notification.objects.filter(person=ben, activity__post__audience="group").exists()

    def test_posts_and_people_that_a_person_muted(self, ada: Person, ben: Person) -> None:
        post = factories.post(ben, "About #tides.")
        mutes.mute_word(ben, "nonsense")
        factories.comment(ada, post, "Such nonsense, @ben.")
        mutes.mute_person(ben, factories.person("eva"))
        likes.like(Person.objects.get(handle="eva"), post)
        assert notified(ben) == []
        assert not Notification.objects.filter(person=ben).exists()

    def test_a_mute_ends_at_its_time(self, ada: Person, ben: Person) -> None:
        mutes.mute_person(ben, ada, until=timedelta(hours=1))
        post = factories.post(ada, "Hello @ben.")
        assert notified(ben) == []
        with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
            factories.comment(ada, post, "Still there, @ben?")
            assert notified(ben) == [("mention", "ada")]

    def test_a_mute_hides_earlier_notifications(self, ada: Person, ben: Person) -> None:
        factories.comment(ada, factories.post(ben))
        assert notified(ben) == [("comment", "ada")]
        mute = mutes.mute_person(ben, ada)
        assert notified(ben) == []
        assert pages.unread(ben) == 0
        mutes.unmute(ben, mute)
        assert notified(ben) == [("comment", "ada")]

    def test_deleted_posts_and_hidden_comments(self, ada: Person, ben: Person, chi: Person) -> None:
        post = factories.post(ada, "Hello @ben.")
        comment = factories.comment(chi, post, "And @ben again.")
        assert notified(ben) == [("mention", "chi"), ("mention", "ada")]
        threads.hide_comment(ada, comment)
        assert notified(ben) == [("mention", "ada")]
        posts.delete(ada, post)
        assert notified(ben) == []
        assert pages.unread(ben) == 0

    def test_a_block_hides_earlier_notifications(self, ada: Person, ben: Person) -> None:
        factories.follow(ben, ada)
        likes.like(ben, factories.post(ada))
        assert len(notified(ada)) == 2
        blocks.block(ben, ada)
        assert notified(ada) == []
        assert pages.unread(ada) == 0

    def test_a_block_before_the_delivery(self, ada: Person, ben: Person) -> None:
        post = factories.post(ada)
        factories.comment(ben, post)
        blocks.block(ada, ben)
        notify_all()
        assert not Notification.objects.filter(person=ada).exists()

    def test_a_hidden_group_that_the_person_left(self, ada: Person, ben: Person) -> None:
        group = factories.group(ada, Group.Kind.HIDDEN, ben)
        memberships.give_role(ada, group, ben, Follow.Role.MODERATOR)
        assert notified(ben) == [("role", "ada")]
        memberships.leave(ben, group)
        assert notified(ben) == []

    @pytest.mark.parametrize("late", [False, True])
    def test_activities_that_were_taken_back(self, ada: Person, ben: Person, late: bool) -> None:
        shy = factories.person("shy", approves=True)
        group = factories.group(ada, Group.Kind.REQUEST)
        post = factories.post(ada)
        likes.like(ben, post)
        reshares.reshare(ben, post)
        factories.follow(ben, ada)
        follows.follow(ben, shy.stream)
        memberships.join(ben, group)
        if not late:
            assert len(notified(ada)) == 4
            assert len(notified(shy)) == 1
        likes.unlike(ben, post)
        reshares.undo(ben, post)
        follows.unfollow(ben, ada.stream)
        follows.unfollow(ben, shy.stream)
        memberships.leave(ben, group)
        assert notified(ada) == notified(shy) == []
