"""The expected content of every home, by simple loops over rows. It shares no code with what it checks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from network import models

Row = dict[str, Any]


def rows(model: Any, *columns: str) -> Iterator[Row]:
    yield from model.objects.values(*columns).iterator(chunk_size=10_000)


class Oracle:
    """The whole network in memory. `home` computes the threads of a home, in order."""

    def __init__(self) -> None:
        self.posts: dict[int, Row] = {}
        self.group_kind: dict[int, str] = {}
        self.topics_of: defaultdict[int, set[int]] = defaultdict(set)
        self.named: set[tuple[int, int]] = set()
        self.follows: defaultdict[int, dict[int, Row]] = defaultdict(dict)
        self.blocked: defaultdict[int, set[int]] = defaultdict(set)
        self.mutes: defaultdict[int, list[Row]] = defaultdict(list)
        self.in_stream: defaultdict[int, list[Row]] = defaultdict(list)
        self.by_actor: defaultdict[int, list[Row]] = defaultdict(list)
        self.first: dict[tuple[int, int], int] = {}  # by thread and person: the id of their first post there

    def load(self) -> Oracle:
        """Read the whole database."""
        for row in rows(models.Post, *POST):
            self.add_post(row)
        self.group_kind = {row["stream"]: row["kind"] for row in rows(models.Group, "stream", "kind")}
        for row in rows(models.PostTopic, "post", "topic"):
            self.topics_of[row["post"]].add(row["topic"])
        self.named = {(row["thread"], row["person"]) for row in rows(models.Addressee, "thread", "person")}
        for row in rows(
            models.Follow, "follower", "stream", "state", "role", "place", "comments", "reshares"
        ):
            if row["state"] == "accepted":
                self.follows[row["follower"]][row["stream"]] = row
        for row in rows(models.Block, "blocker", "blocked"):
            self.blocked[row["blocker"]].add(row["blocked"])
            self.blocked[row["blocked"]].add(row["blocker"])
        for row in rows(models.Mute, "person", "muted_person", "topic", "thread", "word", "until"):
            if row["until"] is None or row["until"] > timezone.now():
                self.mutes[row["person"]].append(row)
        post_of = {row["id"]: row["post"] for row in rows(models.Activity, "id", "post")}
        for row in rows(models.Publication, "stream", "activity", "actor", "kind"):
            row["post"] = post_of[row["activity"]]
            self.in_stream[row["stream"]].append(row)
            self.by_actor[row["actor"]].append(row)
        return self

    def home(self, person: int) -> list[tuple[int, int]]:
        """The threads of a home with their entries, newest first."""
        candidates = list(self.by_actor[person])
        for follow in self.follows[person].values():
            if follow["place"] != "home":
                continue
            for row in self.in_stream[follow["stream"]]:
                if self.lets_in(follow, row["kind"], row["post"]):
                    candidates.append(row)
        newest: dict[int, int] = {}
        for row in candidates:
            if row["kind"] == "reshare" and row["actor"] in self.blocked[person]:
                continue
            thread = self.posts[row["post"]]["thread"]
            if newest.get(thread, 0) >= row["activity"]:
                continue
            if self.may_read(person, row["post"]) and self.not_muted(person, row["post"], row["actor"]):
                newest[thread] = row["activity"]
        return sorted(newest.items(), key=lambda found: -found[1])

    def add_post(self, row: Row) -> None:
        self.posts[row["id"]] = row
        wrote = (row["thread"], row["author"])
        self.first[wrote] = min(row["id"], self.first.get(wrote, row["id"]))

    def lets_in(self, follow: Row, kind: str, post_id: int) -> bool:
        """Whether a follow delivers a publication of this kind."""
        if kind != "comment":
            return kind == "post" or bool(follow["reshares"])
        if follow["comments"] == "some":
            return self.is_concerned(follow["follower"], self.posts[post_id])
        return bool(follow["comments"] == "all")

    def is_concerned(self, person: int, comment: Row) -> bool:
        """Whether a person follows both sides of a comment, or wrote in its thread before."""
        sides = {comment["author"], self.posts[comment["parent"]]["author"]}
        first = self.first.get((comment["thread"], person))
        return sides <= self.follows[person].keys() or (first is not None and first <= comment["id"])

    def may_read(self, person: int, post_id: int) -> bool:
        post = self.posts[post_id]
        root = self.posts[post["thread"]]
        if post["deleted_at"] is not None:
            return False
        if post["author"] == person:
            return True
        role = self.follows[person].get(root["group"], {}).get("role", "")
        if role in ("moderator", "owner"):
            return True
        if {post["author"], root["author"]} & self.blocked[person]:
            return False
        if post["hidden_at"] is not None and root["author"] != person:
            return False
        match root["audience"]:
            case "public" | "unlisted":
                return True
            case "group":
                return bool(role) or self.group_kind[root["group"]] == "open"
            case "followers":
                return root["author"] == person or root["author"] in self.follows[person]
            case "direct":
                return root["author"] == person or (root["id"], person) in self.named
        return False

    def not_muted(self, person: int, post_id: int, actor: int) -> bool:
        post = self.posts[post_id]
        people = {actor, post["author"], self.posts[post["thread"]]["author"]}
        for mute in self.mutes[person]:
            if mute["muted_person"] in people or mute["thread"] == post["thread"]:
                return False
            if mute["topic"] in self.topics_of[post["thread"]]:
                return False
            if mute["word"] and mute["word"] in post["words"]:
                return False
        return True


POST = ("id", "author", "thread", "parent", "audience", "group", "deleted_at", "hidden_at", "words")
