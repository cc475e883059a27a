"""Times on an open page: in the time zone of the reader, and updated as time passes."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from network.models import Person
from tests.support import factories
from tests.support.browser.visitor import Visitor
from tests.support.factories import fresh
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


def test_a_time_is_shown_in_the_zone_of_the_device(visit: Visit, ada: Person) -> None:
    post = factories.post(ada)
    window = visit(None, timezone_id="Asia/Tokyo", locale="en-US")
    window.page.goto(post.get_absolute_url())
    expect(window.page.locator("main time").first).to_have_attribute("title", re.compile(r"GMT\+9|JST"))
    assert not window.complaints


def test_the_server_learns_the_zone_of_the_device_once(visit: Visit, ada: Person) -> None:
    window = visit(ada, timezone_id="Asia/Tokyo")
    window.open("about")
    wait_until(lambda: fresh(ada).zone == "Asia/Tokyo", "the zone is kept", 20)
    asked: list[str] = []
    window.page.on("request", lambda request: asked.append(request.url))
    window.page.reload()  # it returns when the scripts have run
    expect(window.page.locator("body")).to_have_attribute("data-zone", "Asia/Tokyo")
    assert not [address for address in asked if address.endswith("/settings/zone")]
    assert not window.complaints


def test_times_are_updated_on_an_open_page(visit: Visit, ada: Person) -> None:
    post = factories.poll(ada)
    window = visit(None)
    window.page.clock.install()
    window.page.goto(post.get_absolute_url())
    time = window.page.locator("main article time[datetime]:not([data-ends])").first
    left = window.page.locator("main time[data-ends]").first
    expect(time).to_have_text("now")
    expect(left).to_have_text("24 hours")
    window.page.clock.run_for("02:00")
    expect(time).to_have_text("2 min")
    window.page.clock.fast_forward("05:00:00")
    window.page.clock.run_for("01:00")
    expect(time).to_have_text("5 h")
    expect(left).to_have_text("19 hours")
    window.page.clock.fast_forward(96 * 3_600_000)  # as after a laptop has slept over a long weekend
    window.page.clock.run_for("01:00")
    expect(time).not_to_have_text(re.compile(r" h$"))
    expect(left).to_have_text("less than an hour")
