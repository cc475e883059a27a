"""The details of activities: typed in the code, JSON in the database, and readable from every earlier version."""

from __future__ import annotations

import json

import pytest

from network.actions.recording import record
from network.models import Activity, Follow, Person, details

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
    (Type.ACCEPT, {"of": "Join", "person": "8"}, details.Accept(of="Join", person=8)),
    (Type.REMOVE, {"person": "8", "state": "accepted"}, details.Remove(person=8, state="accepted")),
    (Type.REMOVE, {"from": "bookmarks"}, details.Remove(source="bookmarks")),
    (Type.ADD, {"to": "watched", "level": "all"}, details.Add(to="watched", level="all")),
    (Type.OFFER, {"person": "8", "role": "owner"}, details.Offer(person=8, role="owner")),
    (Type.INVITE, {}, details.Invite()),
    (Type.FLAG, {"hidden": False}, details.Flag(hidden=False)),
]


@pytest.mark.parametrize(("type", "stored", "detail"), STORED)
def test_a_stored_detail_is_read(type: Type, stored: dict, detail: details.Detail) -> None:
    activity = Activity(type=type, detail=stored | {"unknown": "to this version"})
    assert details.of(activity) == detail.read(activity) == detail


@pytest.mark.parametrize(("type", "stored", "detail"), STORED)
def test_a_detail_is_stored_as_before_without_empty_fields(
    type: Type, stored: dict, detail: details.Detail
) -> None:
    written = json.loads(json.dumps(detail.to_dict()))
    assert written == {key: value for key, value in stored.items() if value != []}
    assert detail.from_dict(written) == detail


def test_a_type_without_fields_has_an_empty_detail() -> None:
    assert details.of(Activity(type=Type.LIKE, detail={})) == details.Detail()


def test_the_detail_of_another_type_is_an_error(ada: Person) -> None:
    with pytest.raises(TypeError):
        details.Undo.read(Activity(type=Type.UPDATE, detail={"of": "Follow"}))
    with pytest.raises(TypeError):
        record(Type.UPDATE, ada, stream=ada.stream, detail=details.Undo(of="Follow"))
    assert not Activity.objects.filter(type=Type.UPDATE).exists()
