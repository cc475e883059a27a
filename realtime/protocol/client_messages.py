"""The messages that pages send, parsed and checked."""

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
    """This is not a message of the protocol. The text says why, for the log."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A page says what it shows, and the id up to which it is complete (0: it shows nothing older).

    `made_for` is the person for whom the page was made, 0 for nobody, None where the page does not say.
    """

    place: Place
    threads: frozenset[int]
    since: int
    page: str = ""
    made_for: int | None = None

    def is_for(self, person: int | None) -> bool:
        """Whether the page may get what a person (None: nobody) may read.

        A page that was made for another person must not: what it gets stays on the screen. Places of one's
        own need a person.
        """
        is_theirs = self.made_for is None or self.made_for == (person or 0)
        return is_theirs and (person is not None or self.place.kind not in OWN)


@dataclass(frozen=True, slots=True)
class Leave:
    """One of several pages of a socket was closed."""

    page: str


@dataclass(frozen=True, slots=True)
class Writing:
    """The person writes in the thread or the group that a page shows."""

    page: str


class Ping:
    """The page asks whether the socket still works."""


def parse(text: str | None) -> Watch | Leave | Writing | Ping:
    """Parse a message. Raises NotUnderstood."""
    if text is None or len(text.encode(errors="replace")) > LARGEST:
        raise NotUnderstood("binary, or too long")
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotUnderstood("not JSON") from error
    if not isinstance(fields, dict) or fields.get("v") != VERSION:
        raise NotUnderstood("unknown version")
    page = fields.get("page", "")
    if not isinstance(page, str) or not NAME.fullmatch(page):
        raise NotUnderstood("page")
    match fields.get("type"):
        case "watch":
            return _watch(page, fields, fields.get("threads", []))
        case "leave":
            return Leave(page)
        case "writing":
            return Writing(page)
        case "ping":
            return Ping()
    raise NotUnderstood("unknown type")


def parse_query(query: Mapping[str, str]) -> Watch:
    """Parse a query string, which has the same fields as a `watch` message. Raises NotUnderstood."""
    threads = query.get("threads", "")
    return _watch("", query, threads.split(",") if threads else [])


def _watch(page: str, fields: Mapping[str, object], threads: object) -> Watch:
    if not isinstance(threads, list) or len(threads) > MOST_THREADS:
        raise NotUnderstood("threads")
    since, made_for = fields.get("since", "0"), fields.get("reader")
    return Watch(
        _place(fields.get("place")),
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
