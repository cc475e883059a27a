"""Rules: joining, moderating and leaving groups; merging topics."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from network.actions import groups, memberships, topics
from network.actions.groups import GroupDraft
from network.models import Follow, Group, Person
from tests.state_machines.base import ROLES, BaseMachine, which, who


class GroupRules(BaseMachine):
    @rule(person=who, group=which, act=st.sampled_from((memberships.join, memberships.leave)))
    def join_or_leave(self, person: int, group: int, act: Any) -> None:
        self.attempt(act, self.person(person), self.group(group))

    @rule(person=who, group=which)
    def invite(self, person: int, group: int) -> None:
        self.attempt(memberships.enter, self.person(person), self.group(group))

    @rule(
        moderator=who,
        group=which,
        person=who,
        act=st.sampled_from((memberships.accept, memberships.remove)),
    )
    def moderate(self, moderator: int, group: int, person: int, act: Any) -> None:
        self.attempt(act, self.person(moderator), self.group(group), self.person(person))

    @rule(group=which, person=who, role=st.sampled_from(ROLES))
    def give_role(self, group: int, person: int, role: Follow.Role) -> None:
        owner = self.owner(group)
        if owner is not None:
            self.attempt(memberships.give_role, owner, self.group(group), self.person(person), role)

    @rule(group=which, kind=st.sampled_from(list(Group.Kind)))
    def change_kind(self, group: int, kind: Group.Kind) -> None:
        owner, found = self.owner(group), self.group(group)
        if owner is not None:
            self.attempt(groups.edit, owner, found, GroupDraft(found.name, kind))

    @rule(alias=which, into=which, sure=st.booleans())
    def merge(self, alias: int, into: int, sure: bool) -> None:
        if sure:
            self.attempt(topics.merge, self.person(0), self.topic(alias), self.topic(into))

    def owner(self, group: int) -> Person | None:
        return Person.objects.filter(follows__stream=self.groups[group], follows__role="owner").first()
