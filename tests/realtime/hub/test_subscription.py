"""The subscription to Redis: a loss is noticed and loses nothing, and a process gets only what it needs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
import redis
from asgiref.sync import sync_to_async as off

from network.actions import blocks
from network.models import Person
from realtime.hub.switchboard import Switchboard
from realtime.protocol.messages import ANNOUNCEMENTS
from tests.support import factories
from tests.support.realtime.pages import entries, open_page, until, with_limits


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


async def test_concurrent_subscriptions_do_not_undo_each_other(
    board: Switchboard, valkey_server: redis.Redis
):
    """A long list of channels takes a while to send. It must not undo a call that came later."""
    await open_page(board, None, "topic:1")
    many = {f"kith:stream:{number}" for number in range(2, 50_000)}
    await asyncio.gather(*map(board.subscription.sync, (many, {*many, "kith:stream:1"})))
    assert "kith:stream:1" in await off(channels)(valkey_server)


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


@asynccontextmanager
async def cut(board: Switchboard, valkey: redis.Redis) -> AsyncIterator[None]:
    """Cut this process off from Redis; others keep it."""
    address, board.subscription.url = board.subscription.url, "unix:///nowhere"
    await off(valkey.client_kill_filter)(_type="pubsub")
    await until(lambda: not board.subscription.is_open.is_set(), "the loss is noticed")
    yield
    board.subscription.url = address


def channels(valkey: redis.Redis) -> set[str]:
    return {name.decode() for name in valkey.pubsub_channels()}
