"""Pages miss nothing when a socket, Redis or an announcing process fails, or when they read slowly."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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
from network.actions import blocks, posts, recording
from network.models import Delivery, Person, Post
from realtime.announcing import publisher
from realtime.hub.switchboard import Switchboard
from realtime.limits import Limits
from realtime.protocol.close_codes import Close
from realtime.protocol.messages import ANNOUNCEMENTS
from tests.support import factories
from tests.support.realtime.pages import open_page, until, with_limits


def entries(frames: list[dict[str, object]]) -> list[object]:
    return [frame["post"] for frame in frames if frame["type"] in ("entry", "comment")]


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


@with_limits(overlap=timedelta())
async def test_a_cut_of_redis_loses_nothing(
    ada: Person, ben: Person, board: Switchboard, valkey_server: redis.Redis
):
    """The replay reaches back to the last id that was surely received, however long the cut was."""
    await off(factories.follow)(ben, ada)
    home = await open_page(board, ben, "home")
    await home.received()
    async with cut(board, valkey_server):
        post = await off(factories.post)(ada)
    assert entries(await home.received()) == [str(post.pk)]


async def test_after_a_cut_of_redis_rights_are_current(
    ada: Person, ben: Person, chi: Person, board: Switchboard, valkey_server: redis.Redis
):
    await off(factories.follow)(ben, ada)
    await off(factories.follow)(ben, chi)
    home = await open_page(board, ben, "home")
    async with cut(board, valkey_server):
        await off(blocks.block)(ben, ada)
        await off(factories.post)(ada)
        post = await off(factories.post)(chi)
    assert entries(await home.received()) == [str(post.pk)]
    await off(factories.post)(ada)
    assert await home.received() == []


@with_limits(answer_within=0.2, heartbeat=0.1)
async def test_a_redis_that_does_not_answer_counts_as_lost(
    ada: Person, ben: Person, board: Switchboard, valkey_server: redis.Redis
):
    await off(factories.follow)(ben, ada)
    home = await open_page(board, ben, "home")
    await off(valkey_server.client_pause)(1000)
    await until(lambda: not board.subscription.is_open.is_set(), "the silence is noticed")
    post = await off(factories.post)(ada)
    await until(lambda: board.subscription.is_open.is_set(), "it is back")
    assert (await home.next("entry"))["post"] == str(post.pk)


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


async def test_concurrent_subscriptions_do_not_undo_each_other(
    board: Switchboard, valkey_server: redis.Redis
):
    """A long list of channels takes a while to send. It must not undo a call that came later."""
    await open_page(board, None, "topic:1")
    many = {f"kith:stream:{number}" for number in range(2, 50_000)}
    await asyncio.gather(*map(board.subscription.sync, (many, {*many, "kith:stream:1"})))
    assert "kith:stream:1" in await off(channels)(valkey_server)


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


async def test_one_bad_message_or_socket_stops_no_other(
    ada: Person, ben: Person, board: Switchboard, valkey_server: redis.Redis, caplog: pytest.LogCaptureFixture
):
    await off(factories.follow)(ben, ada)

    async def fail(text: str) -> None:
        raise OSError("broken pipe")

    await open_page(board, ben, "home")
    [broken] = board.connections
    home = await open_page(board, ben, "home")
    await home.next("unread")
    broken.send = fail
    incomplete = b'{"v": %d, "type": "entry"}' % ANNOUNCEMENTS
    for garbage in (b"{", b'{"v": 99}', b"[]", incomplete, b"\xff"):
        await off(valkey_server.publish)(f"kith:stream:{ada.pk}", garbage)
    post = await off(factories.post)(ada)
    assert entries(await home.received()) == [str(post.pk)]
    assert len(board.connections.of_people([ben.pk])) == 1
    assert len([record for record in caplog.records if record.levelno == logging.ERROR]) == 5


async def test_a_process_subscribes_only_to_what_it_needs(
    ada: Person, ben: Person, board: Switchboard, valkey_server: redis.Redis
):
    await off(factories.follow)(ben, ada)
    await off(factories.post)(ada)
    home = await open_page(board, ben, "home")
    wanted = {f"kith:stream:{ada.pk}", f"kith:stream:{ben.pk}", f"kith:person:{ben.pk}", "kith:person:0"}
    assert await off(channels)(valkey_server) == wanted
    await home.leave()
    await board.subscription.sync(board.connections.channels)
    assert await off(channels)(valkey_server) == {"kith:person:0"}


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


@asynccontextmanager
async def cut(board: Switchboard, valkey: redis.Redis) -> AsyncIterator[None]:
    """Cut this process off from Redis; others keep it."""
    address, board.subscription.url = board.subscription.url, "unix:///nowhere"
    await off(valkey.client_kill_filter)(_type="pubsub")
    await until(lambda: not board.subscription.is_open.is_set(), "the loss is noticed")
    yield
    board.subscription.url = address


def pending() -> list[int]:
    return list(Delivery.objects.filter(kind=publisher.KIND).values_list("activity", flat=True))


def sweep() -> None:
    """Deliver as the sweeper does, after the lease of a failed delivery has ended."""
    Delivery.objects.update(leased_until=None)
    for delivery in Delivery.objects.select_related("activity__post"):
        outbox.deliver([delivery])


def channels(valkey: redis.Redis) -> set[str]:
    return {name.decode() for name in valkey.pubsub_channels()}
