"""Activities keep whom they are about when the database changes, and when it changes back."""

from __future__ import annotations

import importlib

import pytest

from network.actions import groups, invitations, memberships
from network.actions.recording import record
from network.models import Activity, Follow, Group, Person
from tests.network.migrations.conftest import Migrate
from tests.support import factories

FILLED, BEFORE = "0018_targets_of_old_activities", "0016_messages_of_an_author"

Type = Activity.Type


@pytest.fixture
def about(ada: Person) -> dict[int, int | None]:
    """The ids of activities, each with its target: two of each type that can have one, others without."""
    people = [factories.person() for _ in range(2)]
    group = factories.group(ada, Group.Kind.REQUEST)
    for person in people:
        memberships.join(person, group)
        memberships.accept(ada, group, person)
        memberships.give_role(ada, group, person, Follow.Role.MODERATOR)
        memberships.remove(ada, group, person)
        invitations.invite_person(ada, group, person)
    invitations.invite(ada, group)
    groups.close(ada, group)
    found = dict(Activity.objects.values_list("pk", "target"))
    assert sorted(filter(None, found.values())) == sorted(4 * [person.pk for person in people])
    return found


def targets() -> dict[int, int | None]:
    """As they are stored."""
    return dict(Activity.objects.values_list("pk", "target"))


def test_targets_go_into_the_details_and_come_back(
    migrate: Migrate, monkeypatch: pytest.MonkeyPatch, about: dict[int, int | None]
) -> None:
    monkeypatch.setattr(importlib.import_module(f"network.migrations.{FILLED}"), "BATCH", 3)
    details = dict(Activity.objects.values_list("pk", "detail"))
    old = migrate.to(BEFORE).get_model("network", "Activity").objects
    assert dict(old.values_list("pk", "detail")) == {
        id: detail if about[id] is None else {**detail, "person": str(about[id])}
        for id, detail in details.items()
    }
    migrate.forth()
    assert targets() == about


def test_who_is_gone_is_no_target(migrate: Migrate, ada: Person) -> None:
    group = factories.group(ada)
    migrate.before(FILLED)
    gone, other = (record(Type.REMOVE, ada, stream=group.stream).pk for _ in range(2))
    Activity.objects.filter(pk=gone).update(detail={"person": "1", "state": "accepted"})
    Activity.objects.filter(pk=other).update(detail={"from": "watched"})
    migrate.forth()
    assert (targets()[gone], targets()[other]) == (None, None)


def test_activities_of_the_former_version_are_filled_and_keep_their_detail(
    migrate: Migrate, ada: Person, ben: Person
) -> None:
    group = factories.group(ada)
    migrate.before(FILLED)
    offer = record(Type.OFFER, ada, stream=group.stream).pk
    old = {"person": str(ben.pk), "role": "owner"}
    Activity.objects.filter(pk=offer).update(detail=old)
    migrate.forth()
    assert targets()[offer] == ben.pk
    assert Activity.objects.get(pk=offer).detail == old
