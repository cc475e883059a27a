"""The expected content of a page, compared with what it shows.

A new entry must arrive at each place where it belongs, and a removal too. Other acts change older entries: follows,
blocks, mutes, the topics of a thread, reshares. These changes must show at the next load, and may show earlier. Until
then such entries are `loose`, and the comparison leaves them out.
"""

from __future__ import annotations

from network.models import Activity, Post
from network.queries.posts import readable_by
from tests.support.realtime.client import Client
from tests.support.realtime.loading import Entry, entries_at, page_at

TAKES_AWAY = {Activity.Type.DELETE, Activity.Type.FLAG}


class Watched:
    """A page, and what it must show."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.begin()

    def begin(self) -> None:
        self.stands: dict[int, Entry] = dict(self.client.view)
        self.lately = set(self.stands)
        self.is_new = True  # it may receive what was announced before it was opened
        self.loose: set[int] = set()

    @property
    def surely_shown(self) -> set[int]:
        """The posts whose changes the page must receive."""
        ids = self.client.view.keys() & self.stands.keys() - self.loose
        return {self.client.view[id].post for id in ids}

    def note(self, acts: dict[int, Activity]) -> None:
        """After an act, or after some time: find out what the page must receive."""
        before, self.stands = self.stands, entries_at(self.client.person, self.client.place)
        self.lately |= self.stands.keys()
        removals = bool(acts) and all(act.type in TAKES_AWAY for act in acts.values())
        if self.client.place.kind != "thread" or not removals:  # a thread receives what is shown again
            self.loose |= self.stands.keys() - before.keys() - acts.keys()
        if not removals:
            self.loose |= before.keys() - self.stands.keys()
        if not acts or any(act.post_id is None or act.type == Activity.Type.UPDATE for act in acts.values()):
            self.loose |= self.client.view.keys() - self.stands.keys()


def must_show(page: Watched) -> None:
    """The page shows, or would show after a click on its pill, what a fresh load of it shows."""
    client, stands = page.client, page.stands
    arrived = client.view.keys() | client.waiting.keys()
    assert not stands.keys() - arrived - page.loose, ("missed", client.place)
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
        shown &= roots  # a page does not show replies to a deleted post
    assert shown - loose == page_at(client.person, client.place) - loose, ("not as it loads", client.place)


def of(entry: Entry, client: Client) -> int:
    return entry.post if client.place.kind == "thread" else entry.thread
