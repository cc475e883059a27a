"""A person who was removed from a group comes back only if a moderator lets them in."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from network.actions import groups, invitations, memberships
from network.actions.groups import GroupDraft
from network.errors import NotVisible, Refused
from network.models import Activity, Follow, Group, Invitation, Person
from network.queries import groups as queries
from network.queries.members import find_invitation
from tests.support import factories
from tests.support.factories import fresh

OPEN, REQUEST, HIDDEN = Group.Kind
KINDS = pytest.mark.parametrize("kind", list(Group.Kind))
SEEN_BY_ALL = pytest.mark.parametrize("kind", [OPEN, REQUEST])


def group_without(owner: Person, removed: Person, kind: Group.Kind = OPEN) -> Group:
    """A group that has removed a member."""
    group = factories.group(owner, kind, removed)
    memberships.remove(owner, group, removed)
    return group


def state_of(person: Person, group: Group) -> str:
    found = queries.membership(person, group)
    return "" if found is None else str(found.state)


class TestReturning:
    @SEEN_BY_ALL
    def test_a_removed_person_must_ask_even_in_an_open_group(self, ada, ben, kind):
        group = group_without(ada, ben, kind)
        for _time in range(2):
            assert memberships.join(ben, group).state == "requested"
        assert Activity.objects.filter(type="Join", detail__state="requested").count() == 1
        assert fresh(group.stream).followers_count == 1

    @SEEN_BY_ALL
    def test_an_invitation_link_makes_a_request_for_a_removed_person(self, ada, ben, kind):
        group = factories.group(ada, kind)
        link = invitations.invite(ada, group)
        invitations.accept(ben, link)
        memberships.remove(ada, group, ben)
        assert invitations.accept(ben, link).state == "requested"
        assert invitations.accept(ben, invitations.invite(ada, group)).state == "requested"

    def test_a_link_to_a_hidden_group_is_invalid_for_a_removed_person(self, ada, ben, chi):
        group = factories.group(ada, HIDDEN)
        link = invitations.invite(ada, group)
        invitations.accept(ben, link)
        memberships.remove(ada, group, ben)
        for one in (link, invitations.invite(ada, group)):
            with pytest.raises(NotVisible):
                find_invitation(ben, one.token)
            with pytest.raises(NotVisible):
                invitations.accept(ben, one)
        assert state_of(ben, group) == ""
        assert find_invitation(None, link.token) == find_invitation(chi, link.token) == link

    @KINDS
    def test_an_invitation_by_name_lets_a_removed_person_in(self, ada, ben, kind):
        group = group_without(ada, ben, kind)
        invitations.accept(ben, invitations.invite_person(ada, group, ben))
        assert state_of(ben, group) == "accepted"

    @KINDS
    def test_an_invitation_from_before_the_removal_does_not(self, ada, ben, chi, kind):
        group = factories.group(ada, kind)
        factories.join(chi, group, Follow.Role.MODERATOR)
        before = [invitations.invite_person(inviter, group, ben) for inviter in (ada, chi)]
        factories.join(ben, group)
        memberships.remove(ada, group, ben)
        for one in before:
            with pytest.raises(NotVisible):
                invitations.accept(ben, one)
        assert state_of(ben, group) == ""

    def test_members_of_an_open_group_cannot_invite_a_removed_person(self, ada, ben, chi):
        group = group_without(ada, ben)
        factories.join(chi, group)
        with pytest.raises(Refused, match="look after"):
            invitations.invite_person(chi, group, ben)
        assert not Invitation.objects.exists()
        memberships.give_role(ada, group, chi, Follow.Role.MODERATOR)
        assert invitations.invite_person(chi, group, ben)

    @SEEN_BY_ALL
    def test_a_moderator_accepts_the_request(self, ada, ben, chi, kind):
        group = group_without(ada, ben, kind)
        factories.join(chi, group, Follow.Role.MODERATOR)
        memberships.join(ben, group)
        memberships.accept(chi, group, ben)
        assert state_of(ben, group) == "accepted"

    def test_the_request_of_a_removed_person_stays_when_the_group_becomes_open(self, ada, ben, chi):
        group = group_without(ada, ben, REQUEST)
        for asking in (ben, chi):
            memberships.join(asking, group)
        groups.edit(ada, group, GroupDraft(group.name, OPEN))
        assert (state_of(ben, group), state_of(chi, group)) == ("requested", "accepted")
        memberships.accept(ada, group, ben)
        assert state_of(ben, group) == "accepted"

    def test_a_request_that_is_taken_back_or_declined_changes_nothing(self, ada, ben):
        group = group_without(ada, ben)
        memberships.join(ben, group)
        memberships.leave(ben, group)
        assert memberships.join(ben, group).state == "requested"
        memberships.remove(ada, group, ben)
        assert memberships.join(ben, group).state == "requested"

    def test_a_change_of_kind_does_not_end_a_removal(self, ada, ben):
        group = group_without(ada, ben, HIDDEN)
        groups.edit(ada, group, GroupDraft(group.name, OPEN))
        assert memberships.join(ben, fresh(group)).state == "requested"


class TestAfterBeingLetIn:
    def let_in(self, moderator: Person, group: Group, person: Person, by: str) -> None:
        if by == "request":
            memberships.join(person, group)
            memberships.accept(moderator, group, person)
        else:
            invitations.accept(person, invitations.invite_person(moderator, group, person))

    @pytest.mark.parametrize("by", ["request", "invitation"])
    def test_a_person_who_was_let_in_again_joins_and_leaves_as_before(self, ada, ben, by):
        group = group_without(ada, ben)
        self.let_in(ada, group, ben, by)
        memberships.leave(ben, group)
        assert memberships.join(ben, group).state == "accepted"

    def test_a_second_removal_counts_again(self, ada, ben):
        group = group_without(ada, ben)
        for _time in range(2):
            self.let_in(ada, group, ben, "invitation")
            memberships.remove(ada, group, ben)
            assert memberships.join(ben, group).state == "requested"
            memberships.leave(ben, group)

    def test_an_unused_invitation_does_not_end_the_removal(self, ada, ben):
        group = group_without(ada, ben)
        invitations.invite_person(ada, group, ben)
        with time_machine.travel(timezone.now() + timedelta(days=15), tick=False):
            assert memberships.join(ben, group).state == "requested"


class TestNotARemoval:
    def test_leaving_is_not_a_removal(self, ada, ben):
        group = factories.group(ada, OPEN, ben)
        memberships.leave(ben, group)
        assert memberships.join(ben, group).state == "accepted"

    def test_a_declined_request_is_not_a_removal(self, ada, ben):
        group = factories.group(ada, REQUEST)
        link = invitations.invite(ada, group)
        memberships.join(ben, group)
        memberships.remove(ada, group, ben)
        assert invitations.accept(ben, link).state == "accepted"

    def test_declining_a_request_keeps_an_invitation(self, ada, ben, chi):
        group = factories.group(ada, REQUEST)
        factories.join(chi, group, Follow.Role.MODERATOR)
        invitation = invitations.invite_person(ada, group, ben)
        memberships.join(ben, group)
        memberships.remove(chi, group, ben)
        assert invitations.accept(ben, invitation).state == "accepted"

    def test_a_removal_from_another_group_does_not_count(self, ada, ben):
        group_without(ada, ben)
        assert memberships.join(ben, factories.group(ada)).state == "accepted"
