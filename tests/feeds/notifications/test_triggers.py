"""Which activities notify whom, and as which kind."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from feeds.models import Notification
from network.actions import edits, follows, groups, invitations, likes, memberships, reshares, watches
from network.actions.drafts import Draft
from network.actions.groups import GroupDraft
from network.models import Follow, Group, Person, Post
from tests.support import factories
from tests.support.feeds.notifications import notified, notify_all

pytestmark = pytest.mark.django_db


class TestReasons:
    def test_a_follow_notifies_the_person(self, ada: Person, ben: Person) -> None:
        factories.follow(ben, ada)
        assert notified(ada) == [("follow", "ben")]
        assert notified(ben) == []

    def test_a_follow_of_a_topic_notifies_nobody(self, ada: Person) -> None:
        follows.follow(ada, factories.topic("tides").stream)
        assert notified(ada) == []

    def test_a_request_and_its_acceptance(self, ben: Person) -> None:
        shy = factories.person("shy", approves=True)
        follows.follow(ben, shy.stream)
        assert notified(shy) == [("request", "ben")]
        follows.accept(shy, ben)
        assert notified(ben) == [("accepted", "shy")]

    def test_a_request_answered_before_its_delivery_notifies_nobody(self, ben: Person) -> None:
        shy = factories.person("shy", approves=True)
        follows.follow(ben, shy.stream)
        follows.accept(shy, ben)
        assert notified(shy) == []

    def test_a_request_to_join_notifies_owners_and_moderators(
        self, ada: Person, ben: Person, chi: Person
    ) -> None:
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

    def test_a_former_moderator_does_not_see_requests(self, ada: Person, ben: Person) -> None:
        chi = factories.person("chi")
        group = factories.group(ada, Group.Kind.REQUEST)
        factories.join(chi, group, Follow.Role.MODERATOR)
        memberships.join(ben, group)
        assert ("request", "ben") in notified(chi)
        memberships.give_role(ada, group, chi, Follow.Role.MEMBER)
        assert ("request", "ben") not in notified(chi)

    def test_joining_an_open_group_notifies_nobody(self, ada: Person, ben: Person) -> None:
        memberships.join(ben, factories.group(ada))
        assert notified(ada) == []

    def test_a_role_notifies_the_member_who_gets_it(self, ada: Person, ben: Person) -> None:
        group = factories.group(ada, Group.Kind.OPEN, ben)
        memberships.give_role(ada, group, ben, Follow.Role.MODERATOR)
        assert notified(ben) == [("role", "ada")]

    def test_a_removal_notifies_the_member(self, ada: Person, ben: Person, chi: Person) -> None:
        group = factories.group(ada, Group.Kind.REQUEST, ben)
        memberships.join(chi, group)
        memberships.remove(ada, group, ben)
        memberships.remove(ada, group, chi)
        assert notified(ben) == [("group", "ada")]
        assert notified(chi) == []

    def test_a_member_who_joined_again_before_the_delivery_gets_no_removal(
        self, ada: Person, ben: Person
    ) -> None:
        group = factories.group(ada, Group.Kind.OPEN, ben)
        memberships.remove(ada, group, ben)
        factories.join(ben, group)
        assert notified(ben) == []

    def test_a_new_owner_is_notified_to_owners_and_moderators(
        self, ada: Person, ben: Person, chi: Person
    ) -> None:
        dan = factories.person("dan")
        group = factories.group(ada, Group.Kind.OPEN, ben, dan)
        factories.join(chi, group, Follow.Role.MODERATOR)
        memberships.give_role(ada, group, ben, Follow.Role.OWNER)
        assert notified(ben) == [("role", "ada")]
        assert ("group", "ada") in notified(chi)
        assert notified(dan) == []

    def test_closing_a_group_notifies_its_members(self, ada: Person, ben: Person, chi: Person) -> None:
        group = factories.group(ada, Group.Kind.OPEN, ben)
        groups.edit(ada, group, GroupDraft("Another name"))
        assert notified(ben) == []
        groups.close(ada, group)
        assert notified(ben) == [("group", "ada")]
        assert notified(chi) == []

    def test_an_invitation_is_shown_until_it_expires(self, ada: Person, ben: Person) -> None:
        group = factories.group(ada, Group.Kind.HIDDEN)
        invitations.invite(ada, group)
        assert notified(ben) == []
        invitation = invitations.invite_person(ada, group, ben)
        assert notified(ben) == [("invited", "ada")]
        with time_machine.travel(timezone.now() + timedelta(days=15), tick=False):
            assert notified(ben) == []
        invitations.withdraw(ada, invitation)
        assert notified(ben) == []

    def test_an_invitation_withdrawn_before_its_delivery_notifies_nobody(
        self, ada: Person, ben: Person
    ) -> None:
        invitations.withdraw(ada, invitations.invite_person(ada, factories.group(ada), ben))
        notify_all()
        assert not Notification.objects.exists()

    def test_a_mention_notifies_the_person(self, ada: Person, ben: Person) -> None:
        factories.post(ada, "Ask @ben about tides.")
        assert notified(ben) == [("mention", "ada")]

    def test_an_edit_notifies_only_people_who_are_newly_named(
        self, ada: Person, ben: Person, chi: Person
    ) -> None:
        post = factories.post(ada, "Ask @ben.")
        edits.edit(ada, post, Draft("Ask @ben or @chi."))
        assert notified(ben) == [("mention", "ada")]
        assert notified(chi) == [("mention", "ada")]

    def test_a_comment_notifies_author_and_watchers(self, ada: Person, ben: Person, chi: Person) -> None:
        post = factories.post(ada)
        watches.watch_thread(chi, post)
        factories.comment(ben, post)
        assert notified(ada) == [("comment", "ben")]
        assert notified(chi) == [("comment", "ben")]
        assert notified(ben) == []

    def test_a_person_who_stopped_watching_gets_mentions_only(
        self, ada: Person, ben: Person, chi: Person
    ) -> None:
        post = factories.post(ada)
        mine = factories.comment(chi, post)
        watches.watch_thread(chi, post, watches.Level.NAMED)
        factories.comment(ben, mine, "So I heard.")
        assert notified(chi) == []
        factories.comment(ben, mine, "So I heard, @chi.")
        assert notified(chi) == [("mention", "ben")]

    def test_a_person_gets_the_kind_with_the_highest_priority(
        self, ada: Person, ben: Person, chi: Person
    ) -> None:
        post = factories.post(ada)
        mine = factories.comment(chi, post)
        factories.comment(ben, mine)
        assert notified(chi) == [("reply", "ben")]
        factories.comment(ben, mine, "That is so, @chi.")
        assert notified(chi) == [("mention", "ben"), ("reply", "ben")]

    def test_an_answer_to_the_root_is_a_comment(self, ada: Person, ben: Person) -> None:
        factories.comment(ben, factories.post(ada))
        assert notified(ada) == [("comment", "ben")]

    def test_a_direct_thread_notifies_all_its_people(self, ada: Person, ben: Person, chi: Person) -> None:
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

    def test_a_like_notifies_the_author(self, ada: Person, ben: Person) -> None:
        likes.like(ben, factories.post(ada))
        assert notified(ada) == [("thanks", "ben")]

    def test_nobody_is_notified_of_their_own_activity(self, ada: Person) -> None:
        post = factories.post(ada, "I am @ada.")
        comment = factories.comment(ada, post)
        factories.comment(ada, comment, "Yes, @ada.", quotes=post)
        likes.like(ada, post)
        reshares.reshare(ada, post)
        assert notified(ada) == []
