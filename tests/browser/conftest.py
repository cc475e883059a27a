"""The running site and a real Chromium, shared by all tests of this folder.

They live while these tests run and no longer. What a test writes is written for good and seen by all processes,
in a database that is theirs alone; each test makes people of its own.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, Page, sync_playwright

from commands.programs import CHROMIUM
from network.models import Delivery, Person
from tests.support import factories
from tests.support.browser.site import Site
from tests.support.browser.someone import someone
from tests.support.browser.visitor import Visitor
from tests.support.browser.wire import Wire
from tests.support.waiting import wait_until

QUIETLY = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="package")
def site(django_db_blocker: Any, valkey_server: redis.Redis) -> Iterator[Site]:
    """The site; the test that asks for it writes in the site's database."""
    made = Site(settings.VAR / "site.sqlite3")
    with django_db_blocker.unblock(), at_database(made.database):
        try:
            made.start()
            yield made
        finally:
            made.stop()
            valkey_server.flushall()


@contextmanager
def at_database(path: Path) -> Iterator[None]:
    """Inside, this process works on the SQLite database at `path`."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(path)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
        for left in path.parent.glob(f"{path.name}*"):
            left.unlink()


@pytest.fixture(autouse=True)
def empty_valkey(valkey_server: redis.Redis) -> redis.Redis:
    """Here it is not emptied: the processes of the site are at work in it."""
    return valkey_server


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.path:
        pytest.skip("There is no Chromium on the PATH: install it, or name it in CHROMIUM.")
    # Playwright's loop runs in this thread, and Django would take it for an asynchronous program.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM.path, args=QUIETLY)
            yield browser
            browser.close()
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visit(site: Site, chromium: Browser) -> Iterator[Callable[..., Visitor]]:
    """Opens a browser window for a person, or for somebody signed out; all are closed after the test."""
    opened: list[Visitor] = []

    def open_window(*args: Any, **kwargs: Any) -> Visitor:
        opened.append(Visitor(site.url, chromium, *args, **kwargs))
        return opened[-1]

    yield open_window
    for visitor in opened:
        visitor.leave()


@pytest.fixture
def ada() -> Person:
    return someone("Ada")


@pytest.fixture
def ben(ada: Person) -> Person:
    """Who follows Ada, and had something from her already."""
    ben = someone("Ben")
    factories.follow(ben, ada)
    factories.post(ada, "What came before.")
    wait_until(lambda: not Delivery.objects.exists(), "what came before has arrived", 30)
    return ben


@pytest.fixture
def wire(site: Site) -> Iterator[Wire]:
    made = Wire(site.port)
    yield made
    made.close()


@pytest.fixture
def window(wire: Wire, chromium: Browser, ben: Person) -> Iterator[Visitor]:
    """Ben's, on the wire."""
    opened = Visitor(wire.url, chromium, ben)
    yield opened
    opened.leave()


@pytest.fixture
def alone(window: Visitor) -> Page:
    """A page of Ben's, in a browser without shared workers; the time of its scripts is the test's."""
    window.page.clock.install()
    window.context.add_init_script("delete window.SharedWorker")
    return window.page


@pytest.fixture
def remembering(chromium: Browser) -> Iterator[Browser]:
    """A browser that keeps the pages one has left, which the others are told not to."""
    kept = ["--disable-back-forward-cache"]
    launch = chromium.browser_type.launch
    opened = launch(executable_path=CHROMIUM.path, args=QUIETLY, ignore_default_args=kept)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def no_connection_is_kept(site: Site) -> Iterator[None]:
    """Beside Playwright's loop Django keeps another connection, which would outlive the site and its database."""
    yield
    connection.close()


@pytest.fixture(autouse=True)
def logs(site: Site) -> Iterator[None]:
    """What the processes say meanwhile is part of a failing test's output."""
    before = {name: site.log(name).stat().st_size for name in site.running}
    yield
    for name, size in before.items():
        with site.log(name).open() as log:
            log.seek(size)
            sys.stderr.write(log.read())
