"""A tenth of all pages stops reading: the effect on the other pages, and the memory for the stalled ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench import Case, Report
from bench.support import crowds
from bench.support.announcing import ANNOUNCEMENTS, PAGES
from bench.support.running import serving
from bench.support.sides import Kith, settle
from bench.support.sockets import Socket, Sockets
from network import ids
from network.models import Publication
from realtime.announcing import publisher
from realtime.protocol.messages import Message, frame
from realtime.protocol.post_visibility import PostVisibility

MOST = 64  # kB a stalled page, at most
FLOOD = 3000  # entries; several times the size of the buffers between a server and a stalled page
A_CALL = 50


def stalled(report: Report, folder: Path) -> None:
    crowd = crowds.gather(PAGES // 10 if report.quick else PAGES)
    number = len(crowd.people) // 10
    loud = crowds.follow(crowd.people[:number])
    with serving() as server:
        pages = Kith(server, crowd, narrow=number)
        pages.warm()
        pages.open()
        slow, others = pages.sockets.all[:number], pages.sockets.all[number:]
        without = [pages.announce(others) for _ in range(ANNOUNCEMENTS)]
        pages.check()
        settle(pages.sockets, server)
        before = server.memory()
        pages.sockets.stall(slow)
        flood(pages.sockets, loud)
        settle(pages.sockets, server)
        kilobytes = (server.memory() - before) / 1024 / number
        with_stalled = [pages.announce(others) for _ in range(ANNOUNCEMENTS)]
        missed = recover(pages, slow)
        pages.check(others)
        report.note(f"{number} of {len(crowd.keys):,} pages stalled; afterwards they missed {missed}")
        pages.close()
    faults = pages.faults + missed
    report.add(Case("live.stalled", "ms", with_stalled, "none stalled", without, at_most=1.15, faults=faults))
    report.allow("live.stalled.most", "kB a stalled page", [max(0.0, kilobytes)], MOST)


def flood(sockets: Sockets, author: int) -> None:
    """Announce more entries of an author than the sockets of the stalled pages can hold."""
    for _ in range(FLOOD // A_CALL):
        publisher.publish([entry(ids.next_id(), author) for _ in range(A_CALL)])
        sockets.linger(0.02)


def entry(id: int, author: int) -> Message:
    """The announcement of a post that is not in the database. A catch-up does not find it."""
    visibility = PostVisibility(
        post=id,
        author=author,
        is_hidden=False,
        is_deleted=False,
        words=" low water ",
        thread=id,
        thread_author=author,
        audience="public",
        group=None,
        group_is_open=False,
        topics=frozenset(),
        addressees=frozenset(),
        comments=0,
        reshares=0,
    )
    kind = str(Publication.Kind.POST)
    text = frame("entry", id=str(id), post=str(id), thread=str(id), actor=str(author), kind=kind)
    return Message("entry", id, (author,), actor=author, kind=kind, visibility=visibility, frame=text)


def recover(pages: Kith, slow: Sequence[Socket]) -> int:
    """Read again. Count the pages that were not told to catch up, and the entries that they missed."""
    # Wait for the last real post. A first `ready` is not enough: a page may overflow again during the flood.
    pages.sockets.count(str(pages.said[-1]).encode())
    pages.sockets.go_on(slow)
    pages.sockets.until(lambda: pages.sockets.heard >= len(slow), 30)
    pages.sockets.linger(0.2)
    missed = 0
    for one in slow:
        came = one.came()
        missed += not any(b'"since"' in text for text in one.texts)
        missed += sum(id not in came for id in pages.said)
    return missed
