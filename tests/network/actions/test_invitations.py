"""Invitations of one person by handle, and links for everybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from network.actions import blocks, groups, invitations, memberships
from network.errors import NotVisible, Refused
from network.models import Activity, Follow, Group, Invitation
from network.queries import groups as queries
from network.queries.members import find_invitation
from tests.support import factories
from tests.support.factories import fresh


def test_an_invitation_is_valid_for_one_person_only(ada, ben, chi):
    invitation = invitations.invite_person(ada, factories.group(ada, Group.Kind.HIDDEN), ben)
    assert find_invitation(ben, invitation.token) == invitation
    for other in (chi, None):
        with pytest.raises(NotVisible):
            find_invitation(other, invitation.token)
    with pytest.raises(NotVisible):
        invitations.accept(chi, invitation)


def test_a_second_invitation_of_the_same_person_does_nothing(ada, ben):
    group = factories.group(ada)
    assert invitations.invite_person(ada, group, ben) == invitations.invite_person(ada, group, ben)
    assert Activity.objects.filter(type="Invite").count() == 1
    with time_machine.travel(timezone.now() + timedelta(days=15), tick=False):
        invitations.invite_person(ada, group, ben)
    assert Activity.objects.filter(type="Invite").count() == 2


def test_an_invitation_cannot_be_used_again_after_a_removal(ada, ben):
    group = factories.group(ada, Group.Kind.HIDDEN)
    invitation = invitations.invite_person(ada, group, ben)
    invitations.accept(ben, invitation)
    assert not Invitation.objects.exists()
    memberships.remove(ada, group, ben)
    with pytest.raises(NotVisible):
        invitations.accept(ben, invitation)


def test_the_inviter_needs_the_right_to_invite_and_must_see_the_invited_person(ada, ben, chi, dan):
    group = factories.group(ada, Group.Kind.REQUEST, ben)
    with pytest.raises(Refused):
        invitations.invite_person(ben, group, chi)
    with pytest.raises(Refused):
        invitations.invite_person(dan, group, chi)
    with pytest.raises(Refused):
        invitations.invite_person(ada, group, ben)
    blocks.block(chi, ada)
    with pytest.raises(NotVisible):
        invitations.invite_person(ada, group, chi)
    groups.close(ada, group)
    with pytest.raises(Refused):
        invitations.invite_person(ada, group, dan)


OPEN, REQUEST, HIDDEN = Group.Kind
MEMBER, MODERATOR, OWNER = Follow.Role.MEMBER, Follow.Role.MODERATOR, Follow.Role.OWNER
KINDS = pytest.mark.parametrize("kind", list(Group.Kind))
NOT_OPEN = pytest.mark.parametrize("kind", [REQUEST, HIDDEN])


class TestInvitations:
    @KINDS
    def test_a_link_adds_a_member_once(self, ada, ben, kind):
        group = factories.group(ada, kind)
        invitation = invitations.invite(ada, group)
        invitations.accept(ben, invitation)
        invitations.accept(ben, invitation)
        assert queries.membership(ben, group).role == MEMBER
        assert fresh(group.stream).followers_count == 2

    def test_a_link_turns_a_request_into_a_membership(self, ada, ben):
        group = factories.group(ada, REQUEST)
        memberships.join(ben, group)
        invitations.accept(ben, invitations.invite(ada, group))
        assert queries.membership(ben, group).state == Follow.State.ACCEPTED
        assert fresh(group.stream).followers_count == 2

    def test_a_link_changes_no_role(self, ada):
        group = factories.group(ada)
        invitations.accept(ada, invitations.invite(ada, group))
        assert queries.membership(ada, group).role == OWNER

    def test_members_of_an_open_group_invite(self, ada, ben):
        assert invitations.invite(ben, factories.group(ada, OPEN, ben))

    @NOT_OPEN
    def test_only_moderators_invite_into_a_group_that_is_not_open(self, ada, ben, kind):
        group = factories.group(ada, kind, ben)
        with pytest.raises(Refused):
            invitations.invite(ben, group)
        assert invitations.invite(ada, group)

    def test_a_link_expires_after_two_weeks(self, ada, ben):
        invitation = invitations.invite(ada, factories.group(ada))
        with time_machine.travel(timezone.now() + timedelta(days=15)), pytest.raises(NotVisible):
            invitations.accept(ben, invitation)

    def test_a_link_is_invalid_for_a_person_blocked_by_its_maker(self, ada, ben):
        invitation = invitations.invite(ada, factories.group(ada))
        blocks.block(ada, ben)
        with pytest.raises(NotVisible):
            invitations.accept(ben, invitation)

    def test_a_link_expires_when_its_maker_loses_the_right_to_invite(self, ada, ben, chi):
        group = factories.group(ada, HIDDEN)
        factories.join(ben, group, Follow.Role.MODERATOR)
        invitation = invitations.invite(ben, group)
        memberships.remove(ada, group, ben)
        for somebody in (ben, chi):
            with pytest.raises(NotVisible):
                invitations.accept(somebody, invitation)
        factories.join(ben, group)
        with pytest.raises(NotVisible):
            invitations.accept(chi, invitation)

    def test_a_link_is_withdrawn_by_its_maker_or_a_moderator(self, ada, ben, chi):
        group = factories.group(ada, OPEN, ben, chi)
        mine, other = invitations.invite(ben, group), invitations.invite(ben, group)
        with pytest.raises(Refused):
            invitations.withdraw(chi, mine)
        invitations.withdraw(ben, mine)
        invitations.withdraw(ada, other)
        assert not group.invitations.exists()
