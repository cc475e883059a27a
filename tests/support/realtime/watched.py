"""What a page ought to show, and the comparison with what it shows.

An act says a new entry, or takes one away: that must arrive, wherever it stands. What an act changes of the past (who
follows, blocks or mutes whom, where a thread appears, what was passed on) shows at the next load and may show earlier:
until then such entries are `loose`, and no page is asked about them.
"""

from __future__ import annotations

from network.models import Activity, Post
from network.queries.posts import readable_by
from tests.support.realtime.client import Client
from tests.support.realtime.loading import Entry, entries_at, page_at

TAKES_AWAY = {Activity.Type.DELETE, Activity.Type.FLAG}


class Watched:
    """A page, and what it ought to show."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.begin()

    def begin(self) -> None:
        self.stands: dict[int, Entry] = dict(self.client.view)
        self.lately = set(self.stands)
        self.is_new = True  # what was on its way before it came is on its way to it
        self.loose: set[int] = set()

    @property
    def surely_shown(self) -> set[int]:
        """Posts about which the page is told."""
        ids = self.client.view.keys() & self.stands.keys() - self.loose
        return {self.client.view[id].post for id in ids}

    def note(self, acts: dict[int, Activity]) -> None:
        """Something was done, or time has passed: see what of it the page must be told."""
        before, self.stands = self.stands, entries_at(self.client.person, self.client.place)
        self.lately |= self.stands.keys()
        removals = bool(acts) and all(act.type in TAKES_AWAY for act in acts.values())
        if self.client.place.kind != "thread" or not removals:  # a thread is told of what is shown again
            self.loose |= self.stands.keys() - before.keys() - acts.keys()
        if not removals:
            self.loose |= before.keys() - self.stands.keys()
        if not acts or any(act.post_id is None or act.type == Activity.Type.UPDATE for act in acts.values()):
            self.loose |= self.client.view.keys() - self.stands.keys()


def must_show(page: Watched) -> None:
    """What the page shows, or would after a click on its pill, is what a fresh load of it shows."""
    client, stands = page.client, page.stands
    told = client.view.keys() | client.waiting.keys()
    assert not stands.keys() - told - page.loose, ("missed", client.place)
    assert not client.view.keys() - stands.keys() - page.loose, ("still there", client.place)
    for post in Post.objects.filter(pk__in=page.surely_shown):
        assert post.html in client.html[post.pk], ("not as it reads now", client.place)
    loose = {
        of(entry, client)
        for id in page.loose
        for shown in (client.view, client.waiting, stands)
        if (entry := shown.get(id))
    }
    shown = {of(entry, client) for entry in client.view.values()}
    shown |= {of(entry, client) for entry in client.waiting.values() if entry.id in stands}
    roots = set(readable_by(client.person).values_list("pk", flat=True))
    if client.place.kind in ("group", "messages"):
        shown &= roots  # what answers a post that is gone has no place there
    assert shown - loose == page_at(client.person, client.place) - loose, ("not as it loads", client.place)


def of(entry: Entry, client: Client) -> int:
    return entry.post if client.place.kind == "thread" else entry.thread
