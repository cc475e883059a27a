"""What pages send: one kind of message so far, checked before anything is done with it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from network import ids
from realtime.frames import FEEDS, HOMES, STREAMS, Place
from realtime.messages import VERSION

LARGEST = 16 * 1024  # bytes
MOST_THREADS = 100
WITH_ID = STREAMS | {"list", "thread"}
WITHOUT_ID = frozenset({*HOMES, "messages", "nothing"})
OWN = FEEDS | {"messages"}  # places that only somebody signed in has


class NotUnderstood(Exception):
    """It is not a message of this protocol; the text says why, for the log."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What a page shows, and the newest id that there was when it was made (0: it shows nothing older)."""

    place: Place
    threads: frozenset[int]
    since: int


def parse(text: str | None) -> Watch:
    """Read a message. Raises NotUnderstood."""
    if text is None or len(text.encode(errors="replace")) > LARGEST:
        raise NotUnderstood("binary, or too long")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotUnderstood("not JSON") from error
    if not isinstance(said, dict) or said.get("v") != VERSION or said.get("type") != "watch":
        raise NotUnderstood("unknown version or type")
    threads = said.get("threads", [])
    if not isinstance(threads, list) or len(threads) > MOST_THREADS:
        raise NotUnderstood("threads")
    since = said.get("since", "0")
    return Watch(
        _place(said.get("place")),
        frozenset(_id(thread) for thread in threads),
        0 if since == "0" else _id(since),
    )


def _place(raw: object) -> Place:
    if not isinstance(raw, str):
        raise NotUnderstood("place")
    kind, colon, id = raw.partition(":")
    if kind in WITHOUT_ID and not colon:
        return Place(kind)
    if kind in WITH_ID:
        return Place(kind, _id(id))
    raise NotUnderstood("place")


def _id(raw: object) -> int:
    id = ids.parse(raw)
    if id is None:
        raise NotUnderstood("id")
    return id
