"""What pages send, checked before anything is done with it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from network import ids
from realtime.protocol.messages import VERSION
from realtime.protocol.places import FEEDS, HOMES, STREAMS, Place

LARGEST = 16 * 1024  # bytes
MOST_THREADS = 100
WITH_ID = STREAMS | {"list", "thread"}
WITHOUT_ID = frozenset({*HOMES, "messages", "nothing"})
NAME = re.compile(r"[\w-]{0,16}", re.ASCII)
OWN = FEEDS | {"messages"}


class NotUnderstood(Exception):
    """It is not a message of this protocol; the text says why, for the log."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What a page shows, and the newest id that there was when it was made (0: it shows nothing older)."""

    place: Place
    threads: frozenset[int]
    since: int
    page: str = ""
    made_for: int | None = None

    def is_for(self, person: int | None) -> bool:
        """Whether such a page may be told what a person reads, or nobody in particular.

        A page that was made for somebody else (`reader`; 0: for nobody) may not, for its words stay on the
        screen; and only somebody signed in has places of their own.
        """
        is_theirs = self.made_for is None or self.made_for == (person or 0)
        return is_theirs and (person is not None or self.place.kind not in OWN)


@dataclass(frozen=True, slots=True)
class Leave:
    """One of several pages is closed."""

    page: str


@dataclass(frozen=True, slots=True)
class Writing:
    """Somebody writes in the thread or the group that a page shows."""

    page: str


class Ping:
    """Somebody wants to know whether the line is there still."""


def parse(text: str | None) -> Watch | Leave | Writing | Ping:
    """Read a message. Raises NotUnderstood."""
    if text is None or len(text.encode(errors="replace")) > LARGEST:
        raise NotUnderstood("binary, or too long")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotUnderstood("not JSON") from error
    if not isinstance(said, dict) or said.get("v") != VERSION:
        raise NotUnderstood("unknown version")
    page = said.get("page", "")
    if not isinstance(page, str) or not NAME.fullmatch(page):
        raise NotUnderstood("page")
    match said.get("type"):
        case "watch":
            return _watch(page, said, said.get("threads", []))
        case "leave":
            return Leave(page)
        case "writing":
            return Writing(page)
        case "ping":
            return Ping()
    raise NotUnderstood("unknown type")


def parse_query(query: Mapping[str, str]) -> Watch:
    """Read what an address asks for: the same as a message. Raises NotUnderstood."""
    threads = query.get("threads", "")
    return _watch("", query, threads.split(",") if threads else [])


def _watch(page: str, said: Mapping[str, object], threads: object) -> Watch:
    if not isinstance(threads, list) or len(threads) > MOST_THREADS:
        raise NotUnderstood("threads")
    since, made_for = said.get("since", "0"), said.get("reader")
    return Watch(
        _place(said.get("place")),
        frozenset(_id(thread) for thread in threads),
        0 if since == "0" else _id(since),
        page,
        0 if made_for == "" else made_for if made_for is None else _id(made_for),
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
