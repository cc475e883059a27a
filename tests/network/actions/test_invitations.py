"""Invitations of one person by handle. `test_groups` tests invitation links."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from network.actions import blocks, groups, invitations, memberships
from network.errors import NotVisible, Refused
from network.models import Activity, Group, Invitation
from network.queries.members import find_invitation
from tests.support import factories


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
