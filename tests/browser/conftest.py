"""The running site and a real Chromium, shared by all tests of this folder.

They start with the first of these tests and end with the last. Tests write to a database of the site, without a
rollback, and all its processes see what they write. Each test creates its own people.
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

from commands.programs import CHROMIUM, HEADLESS_SHELL
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
    """Start the site. A test that requests this fixture writes to the database of the site."""
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
    """Within this context the process uses the SQLite database at `path`."""
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
    """Do not empty Valkey: the processes of the site use it."""
    return valkey_server


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The headless shell of Chromium where it is installed: it needs half of the CPU time of all of Chromium."""
    if not CHROMIUM.path:
        pytest.skip("There is no Chromium on the PATH: install it, or name it in CHROMIUM.")
    # Playwright runs an event loop in this thread. Without this setting Django would refuse synchronous queries.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            path = HEADLESS_SHELL.path or CHROMIUM.path
            browser = playwright.chromium.launch(executable_path=path, args=QUIETLY)
            yield browser
            browser.close()
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visit(site: Site, chromium: Browser) -> Iterator[Callable[..., Visitor]]:
    """Open a browser window for a person, or for an anonymous visitor. All windows are closed after the test."""
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
    """A person who follows Ada, and whose home already has a post of hers."""
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
    """A window of Ben, whose connections go through `wire`."""
    opened = Visitor(wire.url, chromium, ben)
    yield opened
    opened.leave()


@pytest.fixture
def alone(window: Visitor) -> Page:
    """A page of Ben in a browser without shared workers. The test controls the clock of its scripts."""
    window.page.clock.install()
    window.context.add_init_script("delete window.SharedWorker")
    return window.page


@pytest.fixture
def remembering(chromium: Browser) -> Iterator[Browser]:
    """A browser with the back/forward cache, which is disabled in the others and missing in the headless shell."""
    kept = ["--disable-back-forward-cache"]
    launch = chromium.browser_type.launch
    opened = launch(executable_path=CHROMIUM.path, args=QUIETLY, ignore_default_args=kept)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def no_connection_is_kept(site: Site) -> Iterator[None]:
    """Close the connection that Django keeps beside Playwright's event loop. It would outlive the site's database."""
    yield
    connection.close()


@pytest.fixture(autouse=True)
def logs(site: Site) -> Iterator[None]:
    """Add the output of the site's processes to the report of a failing test."""
    before = {name: site.log(name).stat().st_size for name in site.running}
    yield
    for name, size in before.items():
        with site.log(name).open() as log:
            log.seek(size)
            sys.stderr.write(log.read())
