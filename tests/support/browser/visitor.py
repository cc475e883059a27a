"""A person at a browser: a window with its own cookies, and the errors of its pages."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from network.models import Person
from tests.support.browser.looking import DESK
from tests.support.waiting import wait_until

NOTES_READY = """document.addEventListener("live", ({detail: {since}}) => since && (window.isReady = true))"""
PATIENCE = 20_000  # milliseconds; a page takes a tenth of a second, but a machine may be busy

expect.set_options(timeout=PATIENCE)


class Visitor:
    """A browser context. It is signed in if it has a person."""

    def __init__(self, url: str, browser: Browser, person: Person | None = None, **options: Any) -> None:
        self.url, self.person = url, person
        self.context = browser.new_context(base_url=url, **options)
        self.context.set_default_timeout(PATIENCE)
        self.complaints: list[str] = []
        self.context.add_init_script(NOTES_READY)
        self.page = self.tab()
        if person is not None:
            self.sign_in(person)

    def tab(self) -> Page:
        """Open another page in the same window."""
        page = self.context.new_page()
        page.on(
            "console", lambda said: said.type in ("error", "warning") and self.complaints.append(said.text)
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def is_live(self, page: Page) -> bool:
        """Whether the server has answered the `watch` of this page."""
        return bool(page.evaluate("window.isReady"))

    def connected(self, page: Page, address: str = "") -> Page:
        """The page, or the page at an address, when the server has answered its `watch`."""
        if address:
            page.goto(address)
        wait_until(lambda: self.is_live(page), "the page is connected", PATIENCE / 1000)
        return page

    def hasten(self, condition: Callable[[], bool], what: str, seconds: float = PATIENCE / 1000) -> None:
        """Advance the clock of the scripts by a second at a time, until the condition is true.

        `seconds` is the deadline by the real clock.
        """

        def holds() -> bool:
            self.page.clock.run_for(1000)
            return condition()

        wait_until(holds, what, seconds)

    def come_online(self, page: Page) -> None:
        """Send the event by which a browser says that the network is back."""
        page.evaluate("dispatchEvent(new Event('online'))")

    def sign_in(self, person: Person) -> None:
        """Sign in without the form, which has its own tests."""
        client = Client()
        client.force_login(person.user)
        held = client.session
        held[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time()}]
        held.save()
        self.resume(client.cookies["sessionid"].value)

    def resume(self, session: str) -> None:
        """Use the session with this key."""
        self.context.add_cookies([{"name": "sessionid", "value": session, "url": self.url}])

    def sign_out(self) -> None:
        """Delete the session in the database, as another device can do."""
        [kept] = [cookie for cookie in self.context.cookies() if cookie["name"] == "sessionid"]
        Session.objects.get(pk=kept["value"]).delete()

    def open(self, name: str, *args: object, **kwargs: object) -> Page:
        """Go to the page of a route."""
        self.page.goto(reverse(name, args=args, kwargs=kwargs))
        return self.page

    def leave(self) -> None:
        self.context.close()


Onlooker = Callable[[str | None], Visitor]


@contextmanager
def onlookers(url: str, browser: Browser, world: object) -> Iterator[Onlooker]:
    """Yield a function that returns the window of a person of the world. Each person has one window."""
    windows: dict[str | None, Visitor] = {}

    def look(who: str | None) -> Visitor:
        if who not in windows:
            person = getattr(world, who) if who else None
            windows[who] = Visitor(url, browser, person, reduced_motion="reduce")
        windows[who].page.set_viewport_size({"width": DESK, "height": 780})
        windows[who].complaints.clear()
        return windows[who]

    yield look
    for visitor in windows.values():
        visitor.leave()
