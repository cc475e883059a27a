"""The details of activities: a frozen class for each type of activity that has any.

An activity stores its detail as JSON, with ids as strings. `details.Update.read(activity)` gives it back with
its types. A value that is not in the JSON, as in rows from before the field was added, is the default of the
field; so is null or an empty string.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Self

from network.models.streams import Activity

Type = Activity.Type


def an_id() -> Any:
    """A field that holds an id, or None."""
    return field(default=None, metadata={"read": int})


def some_ids() -> Any:
    """A field that holds any number of ids."""
    return field(default=(), metadata={"read": lambda stored: tuple(int(one) for one in stored if one)})


@dataclass(frozen=True)
class Detail:
    """What an activity says beside its actor, post, stream and target.

    Values equal to the default are not stored.
    """

    types: ClassVar[tuple[Type, ...]]

    @classmethod
    def read(cls, activity: Activity) -> Self:
        """The detail of an activity. Raises TypeError for an activity of another type."""
        if activity.type not in cls.types:
            raise TypeError(f"{activity.type} has no detail of the class {cls.__name__}.")
        return cls.from_dict(activity.detail)

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Self:
        """The detail that was stored as JSON. Ignores keys without a field."""
        values = {}
        for one in fields(cls):
            if (value := stored.get(one.metadata.get("key", one.name))) not in (None, ""):
                convert: Callable[[Any], Any] = one.metadata.get("read", lambda value: value)
                values[one.name] = convert(value)
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """The detail as it is stored: booleans, strings, and ids as strings."""
        return {
            one.metadata.get("key", one.name): _plain(value)
            for one in fields(self)
            if (value := getattr(self, one.name)) != one.default
        }


def of(activity: Activity) -> Detail:
    """The detail of any activity, for `match`; a `Detail` without fields if its type has none."""
    return BY_TYPE.get(activity.type, Detail).from_dict(activity.detail)


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    return [str(one) for one in value] if isinstance(value, tuple) else str(value)


@dataclass(frozen=True)
class Create(Detail):
    """A list was created. Posts, people and groups have no detail."""

    types = (Type.CREATE,)
    of: str = ""  # "List"
    list: int | None = an_id()


@dataclass(frozen=True)
class Delete(Create):
    """A list was deleted. Posts have no detail."""

    types = (Type.DELETE,)


@dataclass(frozen=True)
class Update(Detail):
    """What was changed: a post, person, group or topic, the settings of a follow, a list, or the server."""

    types = (Type.UPDATE,)
    named: tuple[int, ...] = some_ids()  # people whom an edit mentions and the former version did not
    streams: tuple[int, ...] = some_ids()  # to which an edit added the thread
    purged: bool = False  # a former version of the post was deleted
    kind: str = ""  # of the group: a Group.Kind
    closed: bool = False  # the group was closed
    merged: int | None = an_id()  # the topic that became an alias
    site: str = ""  # what the server became: "open" or "closed"
    of: str = ""  # "Follow", "List", or a setting such as "letters"
    list: int | None = an_id()


@dataclass(frozen=True)
class Request(Detail):
    """A follow or membership: accepted at once, or only requested."""

    types = (Type.FOLLOW, Type.JOIN)
    state: str = ""  # a Follow.State


@dataclass(frozen=True)
class Accept(Detail):
    """A request was accepted: to follow the actor ("Follow"), or of the target to join a group ("Join")."""

    types = (Type.ACCEPT,)
    of: str = ""


@dataclass(frozen=True)
class Reject(Detail):
    """A request was declined, or a follower removed ("Follow")."""

    types = (Type.REJECT,)
    of: str = ""


@dataclass(frozen=True)
class Offer(Detail):
    """A member has another role now."""

    types = (Type.OFFER,)
    role: str = ""  # a Follow.Role


@dataclass(frozen=True)
class Remove(Detail):
    """A member or request was removed from a group, or something from one's own "bookmarks" or "watched"."""

    types = (Type.REMOVE,)
    state: str = ""  # of the membership, a Follow.State
    source: str = field(default="", metadata={"key": "from"})


@dataclass(frozen=True)
class Add(Detail):
    """Something was added to one's own "bookmarks" or "watched"."""

    types = (Type.ADD,)
    to: str = ""
    level: str = ""  # of what is watched, a Watch.Level


@dataclass(frozen=True)
class Undo(Detail):
    """An activity of the type `of` was undone; of an Announce, its id."""

    types = (Type.UNDO,)
    of: str = ""
    id: int | None = an_id()


@dataclass(frozen=True)
class Flag(Detail):
    """A comment was hidden, or shown again."""

    types = (Type.FLAG,)
    hidden: bool | None = None  # not said; False is stored


BY_TYPE: dict[str, type[Detail]] = {
    type: detail
    for detail in (Create, Delete, Update, Request, Accept, Reject, Offer, Remove, Add, Undo, Flag)
    for type in detail.types
}
