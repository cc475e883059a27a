"""Somebody at a browser: a window with cookies of its own, and what the page complained of."""

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
PATIENCE = 20_000  # milliseconds; a page is here in a tenth of one, but a machine may be busy

expect.set_options(timeout=PATIENCE)


class Visitor:
    """A browser context; signed in when it is for a person."""

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
        """Another page of the same window."""
        page = self.context.new_page()
        page.on(
            "console", lambda said: said.type in ("error", "warning") and self.complaints.append(said.text)
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def is_live(self, page: Page) -> bool:
        """Whether the server has answered the page as it is now."""
        return bool(page.evaluate("window.isReady"))

    def connected(self, page: Page, address: str = "") -> Page:
        """The page, or the one at that address, once the server watches its place for it."""
        if address:
            page.goto(address)
        wait_until(lambda: self.is_live(page), "the page is connected", PATIENCE / 1000)
        return page

    def hasten(self, condition: Callable[[], bool], what: str) -> None:
        """Let the time of the scripts pass, a second at once, until the condition holds."""

        def holds() -> bool:
            self.page.clock.run_for(1000)
            return condition()

        wait_until(holds, what, PATIENCE / 1000)

    def come_online(self, page: Page) -> None:
        """What the browser tells the page when the machine has a network again."""
        page.evaluate("dispatchEvent(new Event('online'))")

    def sign_in(self, person: Person) -> None:
        """A session as signing in makes one, without the form: that has tests of its own."""
        client = Client()
        client.force_login(person.user)
        held = client.session
        held[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time()}]
        held.save()
        self.resume(client.cookies["sessionid"].value)

    def resume(self, session: str) -> None:
        """Be who is signed in with this session."""
        self.context.add_cookies([{"name": "sessionid", "value": session, "url": self.url}])

    def sign_out(self) -> None:
        """End the session, as another device may do."""
        [kept] = [cookie for cookie in self.context.cookies() if cookie["name"] == "sessionid"]
        Session.objects.get(pk=kept["value"]).delete()

    def open(self, name: str, *args: object, **kwargs: object) -> Page:
        """Go to a page by the name of its address."""
        self.page.goto(reverse(name, args=args, kwargs=kwargs))
        return self.page

    def leave(self) -> None:
        self.context.close()


Onlooker = Callable[[str | None], Visitor]


@contextmanager
def onlookers(url: str, browser: Browser, world: object) -> Iterator[Onlooker]:
    """Gives the window of each who looks, by their name in the world; they keep it for all pages."""
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
