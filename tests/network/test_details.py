"""The details of activities: typed in the code, JSON in the database, and readable from every earlier version."""

from __future__ import annotations

import dataclasses
import json

import pytest
from pytest_django import DjangoAssertNumQueries

from network.actions.recording import record
from network.models import Activity, Follow, Person, details
from tests.support import factories

Type = Activity.Type

# As rows of all earlier versions have them.
STORED = [
    (Type.UPDATE, {"named": ["7", "9"], "streams": []}, details.Update(named=(7, 9))),
    (Type.UPDATE, {"purged": True}, details.Update(purged=True)),
    (Type.UPDATE, {"kind": "open"}, details.Update(kind="open")),
    (Type.UPDATE, {"merged": "12"}, details.Update(merged=12)),
    (Type.UPDATE, {"of": "List", "list": "3"}, details.Update(of="List", list=3)),
    (Type.DELETE, {"of": "List", "list": "3"}, details.Delete(of="List", list=3)),
    (Type.UNDO, {"of": "Announce", "id": "5"}, details.Undo(of="Announce", id=5)),
    (Type.FOLLOW, {"state": "requested"}, details.Request(state="requested")),
    (Type.JOIN, {"state": "accepted"}, details.Request(state=Follow.State.ACCEPTED)),
    (Type.ACCEPT, {"of": "Join"}, details.Accept(of="Join")),
    (Type.REMOVE, {"state": "accepted"}, details.Remove(state="accepted")),
    (Type.REMOVE, {"from": "bookmarks"}, details.Remove(source="bookmarks")),
    (Type.ADD, {"to": "watched", "level": "all"}, details.Add(to="watched", level="all")),
    (Type.OFFER, {"role": "owner"}, details.Offer(role="owner")),
    (Type.FLAG, {"hidden": False}, details.Flag(hidden=False)),
]


@pytest.mark.parametrize(("type", "stored", "detail"), STORED)
def test_a_stored_detail_is_read(type: Type, stored: dict, detail: details.Detail) -> None:
    activity = Activity(type=type, detail=stored | {"unknown": "to this version"})
    assert details.of(activity) == detail.read(activity) == detail


@pytest.mark.parametrize("type", details.BY_TYPE)
def test_a_value_that_is_absent_or_empty_is_the_default(type: Type) -> None:
    detail = details.BY_TYPE[type]
    assert details.of(Activity(type=type, detail={})) == detail()
    for empty in (None, ""):
        stored = {field.metadata.get("key", field.name): empty for field in dataclasses.fields(detail)}
        assert details.of(Activity(type=type, detail=stored)) == detail()


def test_empty_ids_among_others_are_left_out() -> None:
    stored = {"named": ["7", "", None], "streams": [None]}
    assert details.of(Activity(type=Type.UPDATE, detail=stored)) == details.Update(named=(7,))


@pytest.mark.parametrize(("type", "stored", "detail"), STORED)
def test_a_detail_is_stored_as_before_without_empty_fields(
    type: Type, stored: dict, detail: details.Detail
) -> None:
    written = json.loads(json.dumps(detail.to_dict()))
    assert written == {key: value for key, value in stored.items() if value != []}
    assert detail.from_dict(written) == detail


@pytest.mark.parametrize("type", [Type.LIKE, Type.INVITE])
def test_a_type_without_fields_has_an_empty_detail(type: Type) -> None:
    assert details.of(Activity(type=type, detail={})) == details.Detail()
    assert details.of(Activity(type=type, detail={"unknown": "to this version"})) == details.Detail()


def test_the_detail_of_another_type_is_an_error(ada: Person) -> None:
    with pytest.raises(TypeError):
        details.Undo.read(Activity(type=Type.UPDATE, detail={"of": "Follow"}))
    with pytest.raises(TypeError):
        record(Type.UPDATE, ada, stream=ada.stream, detail=details.Undo(of="Follow"))
    assert not Activity.objects.filter(type=Type.UPDATE).exists()


# As processes of the version before targets write them, each with what else is in the detail.
NAMED_IN_DETAIL = [
    (Type.ACCEPT, {"of": "Join"}),
    (Type.INVITE, {}),
    (Type.OFFER, {"role": "owner"}),
    (Type.REMOVE, {"state": "accepted"}),
]


@pytest.mark.parametrize(("type", "stored"), NAMED_IN_DETAIL)
def test_the_target_is_read_from_its_column_or_from_the_detail(
    ada: Person, ben: Person, type: Type, stored: dict
) -> None:
    group = factories.group(ada)
    new = record(type, ada, stream=group.stream, target=ben)
    old = record(type, ada, stream=group.stream)
    neither = record(type, ada, stream=group.stream)
    Activity.objects.filter(pk=old.pk).update(detail={**stored, "person": str(ben.pk)})
    Activity.objects.filter(pk__in=(new.pk, neither.pk)).update(detail=stored)
    found = Activity.objects.in_bulk([new.pk, old.pk, neither.pk])
    assert [found[row.pk].target_id for row in (new, old, neither)] == [ben.pk, ben.pk, None]
    assert {details.of(row) for row in found.values()} == {details.of(found[new.pk])}
    assert "person" not in found[new.pk].detail


def test_a_row_without_its_detail_or_target_is_read_in_one_query(
    ada: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    created = record(Type.CREATE, ada, detail=details.Create(of="List", list=1))
    for columns in (["type"], ["target"], ["detail"]):
        with django_assert_num_queries(1):
            Activity.objects.only(*columns).get(pk=created.pk)
