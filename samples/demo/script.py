"""Read the script of the demo from its files. An unknown field is an error."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Someone:
    """A person. `digest` names topics that go to the digest only; `watches` names people and groups.

    `lists` maps the name of a list to the handles, topics and groups in it.
    """

    handle: str
    name: str
    bio: str
    knows: list[str]
    wants: list[str]
    language: str
    follows: list[str]
    topics: list[str]
    links: list[dict[str, str]] = field(default_factory=list)
    approves_followers: bool = False
    digest: list[str] = field(default_factory=list)
    watches: list[str] = field(default_factory=list)
    lists: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Subject:
    name: str
    title: str
    description: str
    aliases: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Circle:
    slug: str
    name: str
    kind: str
    description: str
    rules: str
    owner: str
    moderators: list[str]
    members: list[str]
    topics: list[str]
    shows_presence: bool = False
    requests: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Remark:
    """A comment; without a parent it answers the root of the thread."""

    key: str
    author: str
    minutes_after: float
    text: str
    parent: str = ""
    language: str = ""
    thanks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Quote:
    author: str
    minutes_after: float
    text: str
    language: str = ""


@dataclass(frozen=True)
class Question:
    """A poll, and the options that each person votes for, by position. It closes in some hours from now."""

    options: list[str]
    multiple: bool
    closes_in_hours: float
    votes: dict[str, list[int]]


@dataclass(frozen=True)
class Thread:
    key: str
    author: str
    hours_ago: float
    audience: str
    text: str
    title: str = ""
    summary: str = ""
    language: str = ""
    group: str = ""
    to: list[str] = field(default_factory=list)
    poll: Question | None = None
    quotes: list[Quote] = field(default_factory=list)
    comments: list[Remark] = field(default_factory=list)
    thanks: list[str] = field(default_factory=list)
    resharers: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Script:
    people: list[Someone]
    topics: list[Subject]
    groups: list[Circle]
    threads: list[Thread]


def read(folder: Path = FOLDER) -> Script:
    """Return the whole demo."""
    return Script(
        people=[Someone(**row) for row in _rows(folder / "people.toml", "person")],
        topics=[Subject(**row) for row in _rows(folder / "topics.toml", "topic")],
        groups=[Circle(**row) for row in _rows(folder / "groups.toml", "group")],
        threads=[
            _thread(row) for path in sorted(folder.glob("threads-*.toml")) for row in _rows(path, "thread")
        ],
    )


def _rows(path: Path, kind: str) -> list[dict[str, Any]]:
    with path.open("rb") as file:
        return list(tomllib.load(file)[kind])


def _thread(row: Mapping[str, Any]) -> Thread:
    rest = {key: value for key, value in row.items() if key not in ("poll", "quote", "comment")}
    return Thread(
        **rest,
        poll=Question(**row["poll"]) if "poll" in row else None,
        quotes=[Quote(**quote) for quote in row.get("quote", ())],
        comments=[Remark(**remark) for remark in row.get("comment", ())],
    )
