"""Pages that return, read slowly, or are announced late miss nothing."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
import redis
import time_machine
from asgiref.sync import sync_to_async as off
from django.conf import settings
from django.utils import timezone

from feeds.delivery import outbox
from network import ids
from network.actions import posts, recording
from network.models import Delivery, Person, Post
from realtime.announcing import publisher
from realtime.hub.switchboard import Switchboard
from realtime.limits import Limits
from realtime.protocol.close_codes import Close
from tests.support import factories
from tests.support.realtime.pages import entries, open_page, until, with_limits


@with_limits(overlap=timedelta())
async def test_a_page_that_returns_gets_what_it_missed(ada: Person, ben: Person, board: Switchboard):
    await off(factories.follow)(ben, ada)
    seen = await off(factories.post)(ada, "Seen")
    missed = [await off(factories.post)(ada, "Missed") for _ in range(3)]
    home = await (await open_page(board, ben)).watch("home", since=seen.pk)
    assert entries(await home.received()) == [str(post.pk) for post in missed]


async def test_a_replay_has_what_was_committed_late_with_an_older_id(
    ada: Person, ben: Person, board: Switchboard
):
    await off(factories.follow)(ben, ada)
    late = await off(factories.post)(ada)
    home = await (await open_page(board, ben)).watch("home", since=ids.first_at(timezone.now()))
    assert entries(await home.received()) == [str(late.pk)]


async def test_a_replay_has_what_a_dead_process_did_not_announce_in_time(
    ada: Person, ben: Person, board: Switchboard
):
    """Its lease ends and the sweeper runs. Meanwhile the page received newer ids, and lost its socket."""
    await off(factories.follow)(ben, ada)
    late = await off(factories.post)(ada)
    slowest = outbox.LEASE + timedelta(seconds=settings.CELERY_BEAT_SCHEDULE["sweep"]["schedule"])
    with time_machine.travel(timezone.now() + slowest):
        home = await (await open_page(board, ben)).watch("home", since=ids.first_at(timezone.now()))
        assert entries(await home.received()) == [str(late.pk)]


@with_limits(overlap=timedelta())
async def test_a_page_that_shows_nothing_older_gets_nothing_older(
    ada: Person, ben: Person, board: Switchboard
):
    await off(factories.follow)(ben, ada)
    await off(factories.post)(ada)
    home = await open_page(board, ben, "home")
    assert await home.received() == []


@with_limits(replayed_frames=2)
async def test_too_much_to_replay_is_one_frame(ada: Person, ben: Person, board: Switchboard):
    await off(factories.follow)(ben, ada)
    first, *_ = [await off(factories.post)(ada) for _ in range(4)]
    home = await (await open_page(board, ben)).watch("home", since=first.pk)
    assert await home.next("more")
    await off(factories.post)(ada)
    assert await home.next("entry"), "it is complete from there on"


@pytest.mark.parametrize("limits", [Limits(replayed_frames=2), Limits(candidates=2)])
async def test_the_overlap_is_never_too_much(ada: Person, ben: Person, board: Switchboard):
    """A busy place may have more in the overlap than is replayed. Then the newest of it is replayed."""
    await off(factories.follow)(ben, ada)
    said = [await off(factories.post)(ada) for _ in range(4)]
    for since, replayed in ((said[3], said[2:]), (said[1], said[2:])):
        home = await (await open_page(board, ben)).watch("home", since=since.pk)
        heard = []
        while (frame := await home.next("entry", "more", "ready"))["type"] == "entry":
            heard.append(frame)
        assert (entries(heard), frame["type"]) == ([str(post.pk) for post in replayed], "ready")


async def test_each_kind_of_place_is_replayed(ada: Person, ben: Person, board: Switchboard):
    root = await off(factories.post)(ada, "About #tides", title="Root")
    direct = await off(factories.post)(ada, audience=Post.Audience.DIRECT, to=(ben,))
    gone = await off(factories.comment)(ada, root)
    comment = await off(factories.comment)(ben, root)
    await off(posts.delete)(ada, gone)
    topic = await off(factories.topic)("tides")
    page = await open_page(board, ben)
    for place, expected in (
        (f"topic:{topic.pk}", [root, comment]),
        (f"person:{ada.pk}", [root]),
        ("messages", [direct]),
        (f"thread:{root.pk}", [comment]),
    ):
        await page.watch(place, since=root.pk, threads=(root.pk,))
        frames = await page.received()
        assert entries(frames) == [str(post.pk) for post in expected], place
        assert [frame["post"] for frame in frames if frame["type"] == "gone"] == [str(gone.pk)], place


async def test_the_sweeper_announces_what_its_process_could_not(
    ada: Person, ben: Person, board: Switchboard, monkeypatch: pytest.MonkeyPatch
):
    await off(factories.follow)(ben, ada)
    home = await open_page(board, ben, "home")
    with monkeypatch.context() as broken:
        nobody = redis.Redis(host="127.0.0.1", port=1)
        broken.setattr(publisher, "client", lambda: nobody)
        post = await off(factories.post)(ada)
    assert await home.received() == []
    assert await off(pending)() == [post.pk]
    await off(sweep)()
    assert entries(await home.received()) == [str(post.pk)]
    assert await off(pending)() == []


@with_limits(overlap=timedelta())
async def test_rights_that_are_announced_late_count_from_their_act_on(
    ada: Person, ben: Person, board: Switchboard
):
    home = await open_page(board, ben, "home")
    with recording.unannounced():
        await off(factories.follow)(ben, ada)
    post = await off(factories.post)(ada)
    assert await home.received() == []
    await off(sweep)()
    assert entries(await home.received()) == [str(post.pk)]


async def test_an_announcement_that_comes_twice_is_sent_once(ada: Person, ben: Person, board: Switchboard):
    await off(factories.follow)(ben, ada)
    home = await open_page(board, ben, "home")
    post = await off(factories.post)(ada)
    await off(lambda: publisher.deliver(post.activities.get()))()
    assert entries(await home.received()) == [str(post.pk)]


@with_limits(heartbeat=0.05)
async def test_a_replayed_frame_is_not_sent_again_when_it_is_announced(
    ada: Person, ben: Person, board: Switchboard
):
    await off(factories.follow)(ben, ada)
    seen = await off(factories.post)(ada)
    with recording.unannounced():
        post = await off(factories.post)(ada)
    home = await (await open_page(board, ben)).watch("home", since=seen.pk)
    assert entries(await home.received())[-1] == str(post.pk)
    await off(lambda: publisher.deliver(post.activities.get()))()
    assert entries(await home.received()) == []
    [connection] = board.connections
    assert connection.sent
    board.limits = replace(board.limits, announced_within=timedelta())
    await until(lambda: not connection.sent, "the frames are forgotten")


async def test_a_page_that_does_not_read_overflows_and_catches_up(
    ada: Person, ben: Person, board: Switchboard
):
    await off(factories.follow)(ben, ada)
    slow = await open_page(board, ben, "home")
    quick = await open_page(board, ben, "home")
    await slow.next("unread")
    slow.write_buffer.fill()
    missed = [str((await off(factories.post)(ada)).pk) for _ in range(3)]
    assert entries(await quick.received()) == missed
    assert slow.socket.output_queue.empty()
    [overflowed] = [connection for connection in board.connections if connection.overflowed]
    assert overflowed.queued == [], "nothing is queued for it"
    slow.write_buffer.drain()
    assert entries(await slow.received()) == missed


@with_limits(longest_stall=0.05)
async def test_a_page_that_never_reads_again_is_closed(ada: Person, ben: Person, board: Switchboard):
    await off(factories.follow)(ben, ada)
    slow = await open_page(board, ben, "home")
    slow.write_buffer.fill()
    await off(factories.post)(ada)
    assert await slow.closed() == Close.TOO_SLOW
    assert not list(board.connections)


async def test_a_frame_takes_no_query(
    ada: Person, ben: Person, board: Switchboard, monkeypatch: pytest.MonkeyPatch, caplog
):
    await off(factories.follow)(ben, ada)
    home = await open_page(board, ben, "home")
    await home.next("unread")
    post = await off(factories.post)(ada)

    def forbidden(*args: object) -> None:
        pytest.fail("a frame took a query")

    monkeypatch.setattr("channels.db.DatabaseSyncToAsync.thread_handler", forbidden)
    with caplog.at_level(logging.ERROR):
        await off(lambda: publisher.deliver(post.activities.get()))()
        assert await home.next("entry")
    assert not caplog.records


def pending() -> list[int]:
    return list(Delivery.objects.filter(kind=publisher.KIND).values_list("activity", flat=True))


def sweep() -> None:
    """Deliver as the sweeper does, after the lease of a failed delivery has ended."""
    Delivery.objects.update(leased_until=None)
    for delivery in Delivery.objects.select_related("activity__post"):
        outbox.deliver([delivery])
