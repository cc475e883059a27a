"""The state of the network at each moment, replayed from a journal: the entries, and who may read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bench.support.journal import Act, Row
from bench.support.oracle import Oracle

Place = tuple[str, int]  # "home" and 0, or "topic", "group" or "thread" and its id


@dataclass
class Entry:
    """A publication of a post, and the streams that have it now."""

    post: int
    thread: int
    actor: int
    kind: str
    streams: set[int] = field(default_factory=set)


@dataclass(eq=False)
class Question:
    """Was the answer of `belongs` equal to `belonged` at some moment between `start` and `end`?"""

    start: float
    end: float
    person: int
    place: Place
    id: int
    belonged: bool


class History(Oracle):
    """The network at one moment. `apply` continues to the next act."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[int, Entry] = {}
        self.blocks: set[tuple[int, int]] = set()

    def apply(self, act: Act) -> list[int]:
        """Apply an act. Returns the ids of new entries."""
        new = []
        for what, was, now in act.changes:
            if what == "network_activity" and now and self._enter(now):
                new.append(now["id"])
            else:
                self._change(what, was, now)
        return new

    def stands(self, person: int, place: Place, id: int) -> bool:
        """Whether the entry appears at this place. Rights and mutes are not checked."""
        entry = self.entries[id]
        kind, of = place
        if kind == "home":
            followed = self.follows[person]
            brought = any(self._brings(followed.get(stream), entry) for stream in entry.streams)
            return brought or (entry.actor == person and bool(entry.streams))
        if kind == "thread":
            return entry.kind == "comment" and entry.thread == of
        return of in entry.streams and not (kind == "group" and entry.kind == "reshare")

    def admits(self, person: int, place: Place, id: int) -> bool:
        """Whether the person may read the entry and, at home, has not muted it."""
        entry = self.entries[id]
        if not self.may_read(person, entry.post):
            return False
        if place[0] != "home":
            return True
        by_blocked = entry.kind == "reshare" and entry.actor in self.blocked[person]
        return not by_blocked and self.not_muted(person, entry.post, entry.actor)

    def belongs(self, person: int, place: Place, id: int) -> bool:
        known = id in self.entries
        return known and self.stands(person, place, id) and self.admits(person, place, id)

    def _brings(self, follow: Row | None, entry: Entry) -> bool:
        if follow is None or follow["place"] != "home":
            return False
        return self.lets_in(follow, entry.kind, entry.post)

    def _enter(self, activity: Row) -> bool:
        if activity["post"] is None or activity["type"] not in ("Create", "Announce"):
            return False
        thread = self.posts[activity["post"]]["thread"]
        kind = "post" if activity["post"] == thread else "comment"
        if activity["type"] == "Announce":
            kind = "reshare"
        self.entries[activity["id"]] = Entry(activity["post"], thread, activity["actor"], kind)
        return True

    def _change(self, what: str, was: Row | None, now: Row | None) -> None:
        match what:
            case "network_group" if now:
                self.group_kind[now["stream"]] = now["kind"]
            case "network_post" if now:
                self.add_post(now)
            case "network_follow":
                if was:
                    self.follows[was["follower"]].pop(was["stream"], None)
                if now and now["state"] == "accepted":
                    self.follows[now["follower"]][now["stream"]] = now
            case "network_block":
                if was:
                    self.blocks.discard((was["blocker"], was["blocked"]))
                if now:
                    self.blocks.add((now["blocker"], now["blocked"]))
                self._hide(was or now or {})
            case "network_mute":
                if was:
                    others = self.mutes[was["person"]]
                    self.mutes[was["person"]] = [mute for mute in others if mute["id"] != was["id"]]
                if now:
                    self.mutes[now["person"]].append(now)
            case "network_posttopic":
                if was:
                    self.topics_of[was["post"]].discard(was["topic"])
                if now:
                    self.topics_of[now["post"]].add(now["topic"])
            case "network_addressee" if now:
                self.named.add((now["thread"], now["person"]))
            case "network_publication":
                if was and was["activity"] in self.entries:
                    self.entries[was["activity"]].streams.discard(was["stream"])
                if now and now["activity"] in self.entries:
                    self.entries[now["activity"]].streams.add(now["stream"])

    def _hide(self, block: Row) -> None:
        """Two people are hidden from each other if one of them blocks the other."""
        one, other = block["blocker"], block["blocked"]
        stands = (one, other) in self.blocks or (other, one) in self.blocks
        for person, hidden in ((one, other), (other, one)):
            if stands:
                self.blocked[person].add(hidden)
            else:
                self.blocked[person].discard(hidden)


def ever(acts: Iterable[Act], questions: Iterable[Question]) -> set[Question]:
    """The questions whose answer is yes."""
    history, yes = History(), set[Question]()
    waiting = sorted(questions, key=lambda one: -one.start)
    asked: list[Question] = []
    for act in [*acts, Act(float("inf"))]:
        while waiting and waiting[-1].start < act.at:
            asked.append(waiting.pop())
        for one in asked:
            if history.belongs(one.person, one.place, one.id) == one.belonged:
                yes.add(one)
        asked = [one for one in asked if one.end >= act.at and one not in yes]
        history.apply(act)
    return yes
