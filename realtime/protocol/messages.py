"""The messages that processes exchange over Redis, their channels, and the frames that pages get."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

from network.release import release
from realtime.protocol.post_visibility import PostVisibility

VERSION = 1  # of frames and of the messages of pages
ANNOUNCEMENTS = 2  # version of the messages between processes
EVERYBODY = 0  # in `people`: the channel that every process is subscribed to


@dataclass(frozen=True, slots=True)
class Message:
    """One announcement. It is published on the channels of `streams`, of `people` and of `thread`.

    `frame` is the text that pages get, encoded once. `visibility` decides which pages get it.
    """

    type: str
    id: int = 0
    streams: tuple[int, ...] = ()
    people: tuple[int, ...] = ()
    thread: int | None = None
    actor: int = 0
    kind: str = ""
    visibility: PostVisibility | None = None
    frame: str = ""
    posts: tuple[int, ...] = ()

    @property
    def channels(self) -> list[str]:
        names = [stream_channel(stream) for stream in self.streams]
        names += [person_channel(person) for person in self.people]
        return names if self.thread is None else [*names, thread_channel(self.thread)]

    def encode(self) -> bytes:
        fields = dataclasses.asdict(self)
        fields["facts"] = fields.pop("visibility")  # its name between processes
        return json.dumps({"v": ANNOUNCEMENTS, **fields}, default=list).encode()


def decode(raw: bytes) -> Message | None:
    """The message; None for another version, since processes are replaced one after the other."""
    fields = json.loads(raw)
    if fields.pop("v") != ANNOUNCEMENTS:
        return None
    for name in ("streams", "people", "posts"):
        fields[name] = tuple(fields[name])
    if (visibility := fields.pop("facts")) is not None:
        visibility |= {name: frozenset(visibility[name]) for name in ("topics", "addressees", "people")}
        visibility = PostVisibility(**visibility)
    return Message(**fields, visibility=visibility)


def stream_channel(stream: int) -> str:
    return f"kith:stream:{stream}"


def person_channel(person: int) -> str:
    return f"kith:person:{person}"


def thread_channel(thread: int) -> str:
    return f"kith:thread:{thread}"


def frame(type: str, **body: Any) -> str:
    """A frame as pages get it. Ids are strings (docs/live.md)."""
    return json.dumps({"v": VERSION, "type": type, **body}, ensure_ascii=False, separators=(",", ":"))


def complete_frame(since: int, *, more: bool) -> str:
    """The frame that a page is complete from an id on; with `more`, it must be loaded again for the rest.

    It says which release sends it, so that a page of another one can offer to load itself again.
    """
    return frame("more" if more else "ready", since=str(since), release=release())


def feed_read(person: int, feed: int, upto: int) -> Message:
    """The message that a person has read one of their feeds up to an id, on one of their devices."""
    place = "home" if feed == person else f"list:{feed}"
    return Message("read", people=(person,), frame=frame("read", place=place, upto=str(upto)))
