"""A page as docs/live.md describes it: what it knows, what it shows, and what it asks for."""

from __future__ import annotations

from typing import Any

from network import ids
from network.models import Person, Post
from network.queries.posts import readable_by
from realtime.protocol.places import Place
from tests.support.realtime.loading import Entry, entries_at

Frame = dict[str, Any]


class Client:
    """An open page of one person, or of nobody.

    `view` has what the page shows, `waiting` what the pill counts. A click on the pill is a load. In a thread
    comments join the view at once, because its page receives every removal.
    """

    def __init__(self, name: str, viewer: int | None, place: Place) -> None:
        self.name = name
        self.viewer = viewer
        self.place = place
        self.load()

    def load(self) -> None:
        """Load the page, as a browser does."""
        self.since = ids.now()
        self.view: dict[int, Entry] = entries_at(self.person, self.place)
        self.waiting: dict[int, Entry] = {}
        self.received: set[str] = set()
        self.html: dict[int, str] = {}
        self.counts: dict[int, tuple[int, int]] = {}
        self.wants_load = False
        for post in readable_by(self.person).filter(pk__in=self.posts):
            self.html[post.pk] = post.html
            self.counts[post.pk] = (post.comments_count, post.reshares_count)

    @property
    def person(self) -> Person | None:
        return None if self.viewer is None else Person.objects.get(pk=self.viewer)

    @property
    def posts(self) -> set[int]:
        return {entry.post for entry in self.view.values()}

    @property
    def watch(self) -> Frame:
        in_view = () if self.place.kind == "thread" else {entry.thread for entry in self.view.values()}
        return {
            "v": 1,
            "type": "watch",
            "page": self.name,
            "place": f"{self.place.kind}:{self.place.id}" if self.place.id else self.place.kind,
            "since": str(self.since),
            "threads": [str(thread) for thread in sorted(in_view)],
        }

    def receive(self, frame: Frame) -> None:
        if "id" in frame:
            if frame["id"] in self.received:
                return
            self.received.add(frame["id"])
        self.since = max(self.since, int(frame.get("since", frame.get("id", 0))))
        match frame["type"]:
            case "entry":
                self.waiting[int(frame["id"])] = _entry(frame)
            case "comment":
                self.view.setdefault(int(frame["post"]), _entry(frame))
                self.html[int(frame["post"])] = frame["html"]
            case "gone":
                for entries in (self.view, self.waiting):
                    for entry in [one for one in entries.values() if one.post == int(frame["post"])]:
                        del entries[entry.id]
            case "changed":
                self._fetch(int(frame["post"]))
            case "counts":
                self.counts[int(frame["post"])] = (frame["comments"], frame["reshares"])
            case "more":
                self.wants_load = True

    def _fetch(self, id: int) -> None:
        """Fetch `/posts/ID/part`. A thread that does not show the post is loaded again."""
        post: Post | None = readable_by(self.person).filter(pk=id).first()
        if id in self.posts:
            self.html[id] = post.html if post is not None else ""
        elif self.place.kind == "thread":
            self.wants_load = True


def _entry(frame: Frame) -> Entry:
    return Entry(int(frame["id"]), int(frame["post"]), int(frame["thread"]))
