"""When the server is closed, the live connections of people who are signed out end, in every process."""

from __future__ import annotations

import sys
import time
from unittest import mock

import pytest
from asgiref.sync import sync_to_async as off
from redis.exceptions import RedisError

from feeds.delivery import outbox
from network.actions import recording, site
from network.models import Activity, Delivery, Person, Site
from realtime.announcing import announcements, publisher
from realtime.hub.switchboard import Switchboard
from realtime.protocol.close_codes import Close
from realtime.protocol.messages import EVERYBODY, Message
from tests.support import factories
from tests.support.realtime.pages import open_page, session_of, with_limits
from tests.support.realtime.sockets import Events, Server, Socket, milliseconds_since, server
from tests.support.site import administrator

VISITORS = 40  # of each process, by each way to connect


@pytest.fixture
def admin(transactional_db: None) -> Person:
    return administrator("ada")


async def test_pages_of_people_who_are_signed_out_are_closed(
    admin: Person, ben: Person, board: Switchboard, other_board: Switchboard
):
    thread = await off(factories.post)(ben)
    place = f"thread:{thread.pk}"
    visitors = [await open_page(one, None, place) for one in (board, other_board)]
    member = await open_page(board, ben, place)
    await member.received()
    await off(site.set_open)(admin, False)
    assert [await page.closed() for page in visitors] == [Close.SIGNED_OUT] * 2
    await off(factories.comment)(admin, thread)
    assert await member.next("comment")


async def test_a_page_that_comes_to_a_closed_server_gets_nothing(
    admin: Person, ben: Person, board: Switchboard
):
    thread = await off(factories.post)(ben)
    place = f"thread:{thread.pk}"
    await off(factories.comment)(ben, thread)
    await off(site.set_open)(admin, False)
    page = await (await open_page(board, None)).watch(place)
    assert await page.until_closed() == (Close.SIGNED_OUT, [])
    await off(site.set_open)(admin, True)
    assert await open_page(board, None, place)


@with_limits(heartbeat=0.05, session_check=0)
async def test_a_closing_without_an_announcement_is_found(ben: Person, board: Switchboard):
    page = await open_page(board, None, f"person:{ben.pk}")
    await off(Site.objects.create)(pk=1, is_open=False)
    assert await page.closed() == Close.SIGNED_OUT


async def test_a_closing_that_redis_did_not_take_is_announced_again(
    admin: Person, ben: Person, board: Switchboard
):
    page = await open_page(board, None, f"person:{ben.pk}")
    with mock.patch.object(publisher, "publish", side_effect=RedisError):
        await off(site.set_open)(admin, False)
    assert await page.received() == []
    await off(sweep)()
    assert await page.closed() == Close.SIGNED_OUT


async def test_nothing_is_sent_to_visitors_until_it_is_known(admin: Person, ben: Person, board: Switchboard):
    page = await open_page(board, None, f"person:{ben.pk}")
    await off(Site.objects.create)(pk=1, is_open=False)

    def say() -> None:
        with recording.unannounced():
            factories.post(ben)
        posted = announcements.messages_of([Activity.objects.latest("pk")])
        publisher.publish([Message("site", people=(EVERYBODY,)), *posted])

    await off(say)()
    assert await page.until_closed() == (Close.SIGNED_OUT, [])


async def test_a_page_that_does_not_read_is_closed_too(admin: Person, ben: Person, board: Switchboard):
    slow = await open_page(board, None, f"person:{ben.pk}")
    slow.write_buffer.fill()
    [page] = board.connections
    await board.send(page, "{}")
    assert page.overflowed
    await off(site.set_open)(admin, False)
    assert await slow.until_closed() == (Close.SIGNED_OUT, [])


def sweep() -> None:
    pending = Delivery.objects.filter(kind=publisher.KIND)
    pending.update(leased_until=None)
    outbox.deliver(pending.select_related("activity"))


@pytest.mark.django_db(transaction=True)
def test_two_servers_end_all_visits_and_no_session():
    """Prints the milliseconds from the action to the end of the last visit."""
    admin, ben = administrator("ada"), factories.user("ben").person
    thread = factories.post(ben)
    place, session = f"thread:{thread.pk}", session_of(ben)
    with server() as one, server() as two:
        visits = [visit for each in (one, two) for visit in visits_of(each, place)]
        members = [each.open(session).watch(place) for each in (one, two)]
        streams = [each.events(session, place) for each in (one, two)]
        for page in (*visits, *members, *streams):
            page.next("ready")
        began = time.monotonic()
        site.set_open(admin, False)
        assert {visit.next("closed")["code"] for visit in visits} == {Close.SIGNED_OUT}
        sys.stdout.write(f"{len(visits)} visits ended in {milliseconds_since(began)} ms\n")
        factories.comment(admin, thread)
        for page in (*members, *streams):
            assert page.next("comment", "closed")["type"] == "comment"
        for each in (one, two):
            for visit in (each.open().watch(place), each.events("", place)):
                assert visit.next("ready", "comment", "closed") == {
                    "type": "closed",
                    "code": Close.SIGNED_OUT,
                }
        site.set_open(admin, True)
        for each in (one, two):
            assert each.open().watch(place).next("ready")


def visits_of(server: Server, place: str) -> list[Socket | Events]:
    """Open pages of people who are signed out: websockets, then event streams."""
    sockets = [server.open().watch(place) for _ in range(VISITORS)]
    return [*sockets, *(server.events("", place) for _ in range(VISITORS))]
