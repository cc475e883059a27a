"""What an open page shows, as the protocol names it (docs/live.md)."""

from __future__ import annotations

from dataclasses import dataclass

from feeds.follow_rule import PARTS

STREAMS = frozenset({"topic", "person", "group"})
# A person's home, whole or one kind of stream of it.
HOMES = frozenset({"home", *PARTS})
FEEDS = HOMES | {"list"}


@dataclass(frozen=True, slots=True)
class Place:
    """What a page shows: home or a part of it, messages, nothing live; or, with its id, something else."""

    kind: str
    id: int = 0


NOWHERE = Place("nothing")
