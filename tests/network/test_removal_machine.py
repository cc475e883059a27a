"""A state machine: a person's membership of a group equals a model of a few plain variables."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from network.actions import groups, invitations, memberships
from network.actions.groups import GroupDraft
from network.errors import KithError
from network.models import Follow, Group, Invitation
from network.queries.groups import membership
from tests.state_machines import DEEP, QUICK
from tests.state_machines.base import BaseMachine
from tests.support import factories

OPEN, REQUEST, HIDDEN = Group.Kind
ADA, BEN, CHI = range(3)


class Membership(BaseMachine):
    """Ben joins and leaves a group that Ada owns. Chi is a member of it."""

    def settle(self) -> None:
        self.people = [factories.person(handle).pk for handle in ("ada", "ben", "chi")]
        self.groups = [factories.group(self.person(ADA), OPEN, self.person(CHI)).pk]
        self.link = invitations.invite(self.person(ADA), self.group(0))
        self.sent: list[Invitation] = []  # all invitations that Ben was ever sent
        self.kind = OPEN
        self.is_in = self.asks = self.is_removed = False
        self.invited_by = set[int]()

    @rule()
    def join(self) -> None:
        self.attempt(memberships.join, self.person(BEN), self.group(0))
        if self.kind == OPEN and not self.is_removed:
            self.become_member()
        elif self.kind != HIDDEN:
            self.asks = not self.is_in

    @rule()
    def follow_the_link(self) -> None:
        self.attempt(invitations.accept, self.person(BEN), self.link)
        if not self.is_removed:
            self.become_member()
            self.invited_by.clear()
        elif self.kind != HIDDEN:
            self.asks = True

    @rule(inviter=st.sampled_from((ADA, CHI)))
    def invite(self, inviter: int) -> None:
        may = not self.is_in and (inviter == ADA or (self.kind == OPEN and not self.is_removed))
        try:
            invitation = invitations.invite_person(self.person(inviter), self.group(0), self.person(BEN))
        except KithError:
            assert not may
        else:
            assert may
            self.sent.append(invitation)
            self.invited_by.add(inviter)

    @rule()
    def try_every_invitation(self) -> None:
        for invitation in self.sent:
            self.attempt(invitations.accept, self.person(BEN), invitation)
        if ADA in self.invited_by or (self.invited_by and self.kind == OPEN):
            self.become_member()
            self.invited_by.clear()

    @rule()
    def leave_group(self) -> None:
        self.attempt(memberships.leave, self.person(BEN), self.group(0))
        self.is_in = self.asks = False

    @rule()
    def remove_or_decline(self) -> None:
        self.attempt(memberships.remove, self.person(ADA), self.group(0), self.person(BEN))
        if self.is_in:
            self.is_removed = True
            self.invited_by.clear()
        self.is_in = self.asks = False

    @rule()
    def accept(self) -> None:
        self.attempt(memberships.accept, self.person(ADA), self.group(0), self.person(BEN))
        if self.asks:
            self.become_member()

    @rule(kind=st.sampled_from(list(Group.Kind)))
    def change_kind(self, kind: Group.Kind) -> None:
        groups.edit(self.person(ADA), self.group(0), GroupDraft("Any", kind))
        if kind == OPEN != self.kind and self.asks and not self.is_removed:
            self.become_member()
        self.kind = kind

    def become_member(self) -> None:
        self.is_in, self.asks, self.is_removed = True, False, False

    @invariant()
    def membership_equals_the_model(self) -> None:
        found = membership(self.person(BEN), self.group(0))
        assert (found is not None and found.state == Follow.State.ACCEPTED) == self.is_in
        assert (found is not None and found.state == Follow.State.REQUESTED) == self.asks


@pytest.mark.django_db
def test_a_removed_person_stays_out():
    run_state_machine_as_test(Membership, settings=QUICK)


@pytest.mark.slow
@pytest.mark.django_db
def test_a_removed_person_stays_out_in_long_runs():
    run_state_machine_as_test(Membership, settings=DEEP)
