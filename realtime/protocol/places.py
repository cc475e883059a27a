"""The places that a page can show, as the protocol names them (docs/live.md)."""

from __future__ import annotations

from dataclasses import dataclass

from feeds.follow_rule import PARTS

STREAMS = frozenset({"topic", "person", "group"})
# The home of a person: all of it, or what came by one kind of stream.
HOMES = frozenset({"home", *PARTS})
FEEDS = HOMES | {"list"}


@dataclass(frozen=True, slots=True)
class Place:
    """What a page shows. Home, its parts, `messages` and `nothing` have no id; all others have one."""

    kind: str
    id: int = 0


NOWHERE = Place("nothing")
