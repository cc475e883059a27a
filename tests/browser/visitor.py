"""Somebody at a browser: a window with cookies of its own, and what the page complained of."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page

from network.models import Person
from tests.browser.site import Site

PATIENCE = 10_000  # milliseconds


class Visitor:
    """A browser context; signed in when it is for a person."""

    def __init__(self, site: Site, browser: Browser, person: Person | None = None, **options: Any) -> None:
        self.site, self.person = site, person
        self.context = browser.new_context(base_url=site.url, **options)
        self.context.set_default_timeout(PATIENCE)
        self.complaints: list[str] = []
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

    def sign_in(self, person: Person) -> None:
        """A session as signing in makes one, without the form: that has tests of its own."""
        client = Client()
        client.force_login(person.user)
        session = client.cookies["sessionid"].value
        self.context.add_cookies([{"name": "sessionid", "value": session, "url": self.site.url}])

    def open(self, name: str, *args: object, **kwargs: object) -> Page:
        """Go to a page by the name of its address."""
        self.page.goto(reverse(name, args=args, kwargs=kwargs))
        return self.page

    def leave(self) -> None:
        self.context.close()
