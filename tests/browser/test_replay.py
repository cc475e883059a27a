"""What is replayed to a page that has just been opened: only what is new to it is offered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from network.models import Delivery, Person
from tests.support import factories
from tests.support.browser.on_page import pill
from tests.support.browser.someone import someone
from tests.support.browser.visitor import Visitor
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser


def test_posts_on_later_pages_are_not_offered_as_new(visit: Callable[..., Visitor], ada: Person) -> None:
    """A page gets again what came in the minute before it, in case a delivery was late."""
    ben = someone("Ben")
    factories.follow(ben, ada)
    for number in range(30):
        factories.post(ada, f"{number}. The tide turns.")
    wait_until(lambda: not Delivery.objects.exists(), "all has arrived", 30)
    window = visit(ben)
    page = window.connected(window.open("home"))
    expect(page.locator("[data-live-feed] > article")).to_have_count(20)
    factories.post(ada, "One more.")
    expect(pill(page)).to_be_visible()
    expect(pill(page)).to_have_text("1 new post")
    assert not window.complaints
