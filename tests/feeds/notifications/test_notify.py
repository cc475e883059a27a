"""Who is told of what: each once, for the strongest reason, and only while they may see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from feeds.models import Notification
from feeds.notifications import notify, pages
from feeds.signals import delivered
from network.actions import (
    blocks,
    edits,
    follows,
    groups,
    invitations,
    likes,
    memberships,
    mutes,
    posts,
    reshares,
    threads,
    watches,
)
from network.actions.drafts import Draft
from network.actions.groups import GroupDraft
from network.models import Activity, Delivery, Follow, Group, Mention, Person, Post, Watch
from tests.support import factories
from tests.support.feeds.notifications import notified, notify_all

pytestmark = pytest.mark.django_db


class TestReasons:
    def test_a_new_follower_is_told_of(self, ada: Person, ben: Person) -> None:
        factories.follow(ben, ada)
        assert notified(ada) == [("follow", "ben")]
        assert notified(ben) == []

    def test_a_topic_that_is_followed_tells_nobody(self, ada: Person) -> None:
        follows.follow(ada, factories.topic("tides").stream)
        assert notified(ada) == []

    def test_a_request_and_its_acceptance(self, ben: Person) -> None:
        shy = factories.person("shy", approves=True)
        follows.follow(ben, shy.stream)
        assert notified(shy) == [("request", "ben")]
        follows.accept(shy, ben)
        assert notified(ben) == [("accepted", "shy")]

    def test_a_request_answered_before_it_was_delivered_is_no_news(self, ben: Person) -> None:
        shy = factories.person("shy", approves=True)
        follows.follow(ben, shy.stream)
        follows.accept(shy, ben)
        assert notified(shy) == []

    def test_those_who_look_after_a_group_hear_who_asks(self, ada: Person, ben: Person, chi: Person) -> None:
        dan = factories.person("dan")
        group = factories.group(ada, Group.Kind.REQUEST, chi)
        factories.join(dan, group, Follow.Role.MODERATOR)
        notify_all()
        memberships.join(ben, group)
        assert notified(ada) == [("request", "ben")]
        assert ("request", "ben") in notified(dan)
        assert notified(chi) == []
        memberships.accept(dan, group, ben)
        assert notified(ben) == [("accepted", "dan")]

    def test_who_looks_after_a_group_no_longer_sees_no_requests(self, ada: Person, ben: Person) -> None:
        chi = factories.person("chi")
        group = factories.group(ada, Group.Kind.REQUEST)
        factories.join(chi, group, Follow.Role.MODERATOR)
        memberships.join(ben, group)
        assert ("request", "ben") in notified(chi)
        memberships.give_role(ada, group, chi, Follow.Role.MEMBER)
        assert ("request", "ben") not in notified(chi)

    def test_joining_an_open_group_is_no_news(self, ada: Person, ben: Person) -> None:
        memberships.join(ben, factories.group(ada))
        assert notified(ada) == []

    def test_a_role_is_told_to_whom_it_was_given(self, ada: Person, ben: Person) -> None:
        group = factories.group(ada, Group.Kind.OPEN, ben)
        memberships.give_role(ada, group, ben, Follow.Role.MODERATOR)
        assert notified(ben) == [("role", "ada")]

    def test_who_is_taken_out_of_a_group_hears_of_it(self, ada: Person, ben: Person, chi: Person) -> None:
        group = factories.group(ada, Group.Kind.REQUEST, ben)
        memberships.join(chi, group)
        memberships.remove(ada, group, ben)
        memberships.remove(ada, group, chi)
        assert notified(ben) == [("group", "ada")]
        assert notified(chi) == []

    def test_who_is_in_again_before_it_was_delivered_hears_nothing(self, ada: Person, ben: Person) -> None:
        group = factories.group(ada, Group.Kind.OPEN, ben)
        memberships.remove(ada, group, ben)
        factories.join(ben, group)
        assert notified(ben) == []

    def test_those_who_look_after_a_group_hear_of_a_new_owner(
        self, ada: Person, ben: Person, chi: Person
    ) -> None:
        dan = factories.person("dan")
        group = factories.group(ada, Group.Kind.OPEN, ben, dan)
        factories.join(chi, group, Follow.Role.MODERATOR)
        memberships.give_role(ada, group, ben, Follow.Role.OWNER)
        assert notified(ben) == [("role", "ada")]
        assert ("group", "ada") in notified(chi)
        assert notified(dan) == []

    def test_members_hear_that_their_group_was_closed(self, ada: Person, ben: Person, chi: Person) -> None:
        group = factories.group(ada, Group.Kind.OPEN, ben)
        groups.edit(ada, group, GroupDraft("Another name"))
        assert notified(ben) == []
        groups.close(ada, group)
        assert notified(ben) == [("group", "ada")]
        assert notified(chi) == []

    def test_an_invitation_is_told_while_it_holds(self, ada: Person, ben: Person) -> None:
        group = factories.group(ada, Group.Kind.HIDDEN)
        invitations.invite(ada, group)
        assert notified(ben) == []
        invitation = invitations.invite_person(ada, group, ben)
        assert notified(ben) == [("invited", "ada")]
        with time_machine.travel(timezone.now() + timedelta(days=15), tick=False):
            assert notified(ben) == []
        invitations.withdraw(ada, invitation)
        assert notified(ben) == []

    def test_an_invitation_that_was_withdrawn_before_it_was_delivered_is_no_news(
        self, ada: Person, ben: Person
    ) -> None:
        invitations.withdraw(ada, invitations.invite_person(ada, factories.group(ada), ben))
        notify_all()
        assert not Notification.objects.exists()

    def test_a_mention_is_told(self, ada: Person, ben: Person) -> None:
        factories.post(ada, "Ask @ben about tides.")
        assert notified(ben) == [("mention", "ada")]

    def test_an_edit_tells_only_the_newly_named(self, ada: Person, ben: Person, chi: Person) -> None:
        post = factories.post(ada, "Ask @ben.")
        edits.edit(ada, post, Draft("Ask @ben or @chi."))
        assert notified(ben) == [("mention", "ada")]
        assert notified(chi) == [("mention", "ada")]

    def test_a_comment_is_told_to_author_and_watchers(self, ada: Person, ben: Person, chi: Person) -> None:
        post = factories.post(ada)
        watches.watch_thread(chi, post)
        factories.comment(ben, post)
        assert notified(ada) == [("comment", "ben")]
        assert notified(chi) == [("comment", "ben")]
        assert notified(ben) == []

    def test_who_stopped_watching_hears_only_their_name(self, ada: Person, ben: Person, chi: Person) -> None:
        post = factories.post(ada)
        mine = factories.comment(chi, post)
        watches.watch_thread(chi, post, watches.Level.NAMED)
        factories.comment(ben, mine, "So I heard.")
        assert notified(chi) == []
        factories.comment(ben, mine, "So I heard, @chi.")
        assert notified(chi) == [("mention", "ben")]

    def test_the_strongest_reason_wins(self, ada: Person, ben: Person, chi: Person) -> None:
        post = factories.post(ada)
        mine = factories.comment(chi, post)
        factories.comment(ben, mine)
        assert notified(chi) == [("reply", "ben")]
        factories.comment(ben, mine, "That is so, @chi.")
        assert notified(chi) == [("mention", "ben"), ("reply", "ben")]

    def test_an_answer_to_the_post_itself_is_a_comment(self, ada: Person, ben: Person) -> None:
        factories.comment(ben, factories.post(ada))
        assert notified(ada) == [("comment", "ben")]

    def test_a_direct_thread_is_told_to_all_in_it(self, ada: Person, ben: Person, chi: Person) -> None:
        post = factories.post(ada, audience=Post.Audience.DIRECT, to=(ben, chi))
        factories.comment(ben, post)
        assert notified(ada) == [("message", "ben")]
        assert notified(ben) == [("message", "ada")]
        assert notified(chi) == [("message", "ben"), ("message", "ada")]

    def test_reshares_with_and_without_words(self, ada: Person, ben: Person, chi: Person) -> None:
        post = factories.post(ada)
        reshares.reshare(ben, post)
        factories.post(chi, "Well said.", quotes=post)
        assert notified(ada) == [("reshare", "chi"), ("reshare", "ben")]

    def test_thanks_are_told(self, ada: Person, ben: Person) -> None:
        likes.like(ben, factories.post(ada))
        assert notified(ada) == [("thanks", "ben")]

    def test_nobody_is_told_of_themselves(self, ada: Person) -> None:
        post = factories.post(ada, "I am @ada.")
        comment = factories.comment(ada, post)
        factories.comment(ada, comment, "Yes, @ada.", quotes=post)
        likes.like(ada, post)
        reshares.reshare(ada, post)
        assert notified(ada) == []


class TestRights:
    def test_nobody_hears_of_what_they_may_not_read(self, ada: Person, ben: Person) -> None:
        factories.post(ada, "Among us, @ben.", audience=Post.Audience.FOLLOWERS)
        factories.post(ada, "Among us, @ben.", group=factories.group(ada, Group.Kind.HIDDEN))
        factories.post(ada, "Not for @ben.", audience=Post.Audience.DIRECT, to=(factories.person(),))
        notify_all()
        assert not Notification.objects.filter(person=ben, activity__post__audience="followers").exists()
        assert not Notification.objects.filter(person=ben, activity__post__audience="group").exists()

    def test_nobody_hears_of_what_they_do_not_want(self, ada: Person, ben: Person) -> None:
        post = factories.post(ben, "About #tides.")
        mutes.mute_word(ben, "nonsense")
        factories.comment(ada, post, "Such nonsense, @ben.")
        mutes.mute_person(ben, factories.person("eva"))
        likes.like(Person.objects.get(handle="eva"), post)
        assert notified(ben) == []
        assert not Notification.objects.filter(person=ben).exists()

    def test_a_mute_holds_until_its_time(self, ada: Person, ben: Person) -> None:
        mutes.mute_person(ben, ada, until=timedelta(hours=1))
        post = factories.post(ada, "Hello @ben.")
        assert notified(ben) == []
        with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
            factories.comment(ada, post, "Still there, @ben?")
            assert notified(ben) == [("mention", "ada")]

    def test_a_mute_reaches_back(self, ada: Person, ben: Person) -> None:
        factories.comment(ada, factories.post(ben))
        assert notified(ben) == [("comment", "ada")]
        mute = mutes.mute_person(ben, ada)
        assert notified(ben) == []
        assert pages.unread(ben) == 0
        mutes.unmute(ben, mute)
        assert notified(ben) == [("comment", "ada")]

    def test_what_is_deleted_or_hidden_goes(self, ada: Person, ben: Person, chi: Person) -> None:
        post = factories.post(ada, "Hello @ben.")
        comment = factories.comment(chi, post, "And @ben again.")
        assert notified(ben) == [("mention", "chi"), ("mention", "ada")]
        threads.hide_comment(ada, comment)
        assert notified(ben) == [("mention", "ada")]
        posts.delete(ada, post)
        assert notified(ben) == []
        assert pages.unread(ben) == 0

    def test_a_block_hides_all_that_the_other_did(self, ada: Person, ben: Person) -> None:
        factories.follow(ben, ada)
        likes.like(ben, factories.post(ada))
        assert len(notified(ada)) == 2
        blocks.block(ben, ada)
        assert notified(ada) == []
        assert pages.unread(ada) == 0

    def test_a_block_before_delivery_keeps_it_away(self, ada: Person, ben: Person) -> None:
        post = factories.post(ada)
        factories.comment(ben, post)
        blocks.block(ada, ben)
        notify_all()
        assert not Notification.objects.filter(person=ada).exists()

    def test_a_hidden_group_tells_nothing_to_who_left(self, ada: Person, ben: Person) -> None:
        group = factories.group(ada, Group.Kind.HIDDEN, ben)
        memberships.give_role(ada, group, ben, Follow.Role.MODERATOR)
        assert notified(ben) == [("role", "ada")]
        memberships.leave(ben, group)
        assert notified(ben) == []

    @pytest.mark.parametrize("late", [False, True])
    def test_what_is_taken_back_goes(self, ada: Person, ben: Person, late: bool) -> None:
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


class TestDelivery:
    def test_twice_is_once(self, ada: Person, ben: Person, django_capture_on_commit_callbacks: Any) -> None:
        said: list[dict[str, Any]] = []

        def hear(**kwargs: Any) -> None:
            said.append(kwargs)

        delivered.connect(hear)
        try:
            with django_capture_on_commit_callbacks(execute=True):
                post = factories.post(ada, "Hello @ben.")
                activity = Activity.objects.get(pk=post.pk)
                notify.deliver(activity)
                notify.deliver(activity)
        finally:
            delivered.disconnect(hear)
        assert Notification.objects.count() == 1
        mine = [each for each in said if each["id"] == post.pk]
        assert [(each["people"], each["kind"]) for each in mine] == [([ben.pk], "notifications")]

    def test_reading_lets_other_pages_count_anew(
        self, ada: Person, ben: Person, django_capture_on_commit_callbacks: Any
    ) -> None:
        heard: list[list[int]] = []

        def hear(people: list[int], **_: Any) -> None:
            heard.append(people)

        factories.follow(ben, ada)
        notify_all()
        delivered.connect(hear)
        try:
            with django_capture_on_commit_callbacks(execute=True):
                notify.mark_all_read(ada, Activity.objects.latest("pk").pk)
                notify.mark_all_read(ada, Activity.objects.latest("pk").pk)
        finally:
            delivered.disconnect(hear)
        assert heard == [[ada.pk]]

    def test_only_what_may_concern_somebody_is_owed(self, ada: Person, ben: Person) -> None:
        factories.follow(ben, ada)
        Delivery.objects.all().delete()
        watches.watch_thread(ben, factories.post(ada))
        owed = Delivery.objects.filter(kind=notify.KIND).values_list("activity__type", flat=True)
        assert list(owed) == [Activity.Type.CREATE]

    def test_five_hundred_people_take_no_more_queries_than_five(self, ada: Person) -> None:
        few = queries_to_tell(ada, watchers=3, named=2)
        many = queries_to_tell(ada, watchers=250, named=250)
        assert many <= 10
        assert many - few <= 3  # an insert carries a few hundred rows; on PostgreSQL, all

    def test_the_page_and_the_count_ask_a_fixed_number_of_questions(self, ada: Person) -> None:
        assert questions(lambda: pages.page(ada)) == 2
        shy = factories.person("shy", approves=True)
        for _ in range(20):
            someone = factories.person()
            factories.comment(someone, factories.post(shy))
            follows.follow(someone, shy.stream)
        notify_all()
        assert questions(lambda: pages.page(shy)) == 4
        post = factories.post(shy)
        for _ in range(5):
            likes.like(factories.person(), post)
        notify_all()
        assert questions(lambda: pages.page(shy)) == 6
        assert questions(lambda: pages.unread(shy)) == 1


def queries_to_tell(author: Person, *, watchers: int, named: int) -> int:
    post = factories.post(author)
    comment = factories.comment(factories.person(), post)
    people = [factories.person() for _ in range(watchers + named)]
    Watch.objects.bulk_create(Watch(person=person, thread=post) for person in people[:watchers])
    Mention.objects.bulk_create(Mention(post=comment, person=person) for person in people[watchers:])
    activity = Activity.objects.select_related("post", "actor").get(pk=comment.pk)
    asked = questions(lambda: notify.deliver(activity))
    assert Notification.objects.filter(activity=comment.pk).count() == watchers + named + 1
    return asked


def questions(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as asked:
        act()
    return len(asked)
