"""Where one transport is blocked another carries the same frames, and each ends with its session."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from network.actions import site
from network.models import Person
from tests.support import factories
from tests.support.browser.on_page import pill
from tests.support.browser.visitor import Visitor
from tests.support.browser.wire import EVENTS, WEBSOCKET, Wire
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser


def test_events_replace_blocked_websockets(window: Visitor, wire: Wire, ada: Person) -> None:
    wire.blocked = (WEBSOCKET,)
    page = window.connected(window.page, "/")
    assert wire.open(EVENTS)
    factories.post(ada, "By events.")
    expect(pill(page)).to_contain_text("1 new post")

    wire.blocked = ()
    window.come_online(page)
    wait_until(lambda: wire.open(WEBSOCKET) and not wire.open(EVENTS), "there is a websocket instead")
    factories.post(ada, "By websocket.")
    expect(pill(page)).to_contain_text("2 new posts")


def test_polling_replaces_blocked_websockets_and_events(
    window: Visitor, alone: Page, wire: Wire, ada: Person
) -> None:
    wire.blocked = (WEBSOCKET, EVENTS)
    alone.goto("/")
    window.hasten(lambda: window.is_live(alone), "the first question is answered")
    factories.post(ada, "When asked.")
    window.hasten(pill(alone).is_visible, "another one brings the post")
    assert not wire.open(WEBSOCKET)

    wire.blocked = ()
    window.hasten(lambda: bool(wire.open(WEBSOCKET)), "a websocket is tried every ten minutes", 120)
    factories.post(ada, "At once.")
    expect(pill(alone)).to_contain_text("2 new posts")


by_each_way = pytest.mark.parametrize(
    "blocked", [(), (WEBSOCKET,), (WEBSOCKET, EVENTS)], ids=["websocket", "events", "questions"]
)


@by_each_way
def test_a_page_does_not_reconnect_after_signing_out(
    blocked: tuple[bytes, ...], window: Visitor, alone: Page, wire: Wire
) -> None:
    wire.blocked = blocked
    alone.goto("/")
    window.hasten(lambda: window.is_live(alone), "the page is connected")
    before_that = wire.asked
    window.sign_out()
    window.hasten(lambda: wire.asked > before_that, "the page comes back, as nobody")
    wait_until(lambda: stays_away(alone, wire), "nothing is asked for any more", 30)


@by_each_way
def test_a_page_of_nobody_does_not_reconnect_after_the_server_was_closed(
    blocked: tuple[bytes, ...],
    window: Visitor,
    alone: Page,
    wire: Wire,
    ada: Person,
    closing: Callable[[], None],
) -> None:
    wire.blocked = blocked
    window.context.clear_cookies()
    alone.goto(f"/people/{ada.handle}")
    window.hasten(lambda: window.is_live(alone), "the page is connected")
    before_that = wire.asked
    closing()
    window.hasten(lambda: wire.asked > before_that, "the page comes back once")
    wait_until(lambda: stays_away(alone, wire), "nothing is asked for any more", 30)
    alone.goto(f"/people/{ada.handle}")
    expect(alone).to_have_title(re.compile("Sign in"))


@pytest.fixture
def closing(ada: Person) -> Iterator[Callable[[], None]]:
    """Close the server. It is open again after the test."""
    assert ada.user is not None
    ada.user.is_superuser = True
    yield partial(site.set_open, ada, False)
    site.set_open(ada, True)


def stays_away(page: Page, wire: Wire) -> bool:
    """Whether a minute passes without another attempt, and the page does not announce one."""
    asked = wire.asked
    page.clock.run_for(60_000)
    page.evaluate("fetch('/about').then(() => null)")
    is_open = wire.open(WEBSOCKET) or wire.open(EVENTS)
    return wire.asked == asked and not is_open and page.locator("[data-live-sign]").is_hidden()
