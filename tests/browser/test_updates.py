"""A page that was open while Kith was updated offers to load itself again, and loses nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from network.models import Person
from network.release import release
from tests.support import factories
from tests.support.browser.on_page import comment, pill, tell
from tests.support.browser.someone import someone
from tests.support.browser.visitor import Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
UPDATED = "Kith was updated. Load this page again"


@pytest.fixture
def ben() -> Person:
    return someone("Ben")


def ready(page: Page, **said: str) -> None:
    tell(page, {"type": "ready", "since": "0", **said})


def test_a_page_of_another_release_offers_to_load_itself_again(
    visit: Visit, ada: Person, ben: Person
) -> None:
    post = factories.post(ada)
    window = visit(ben)
    page = window.connected(window.open("post", post.pk))
    expect(pill(page)).to_be_hidden()
    ready(page, release=release())
    ready(page)  # a server of a release that does not say so
    expect(pill(page)).to_be_hidden()
    ready(page, release="another")
    expect(pill(page)).to_contain_text(UPDATED)
    page.get_by_label("Your comment").fill("Half a thought")
    pill(page).click()
    expect(pill(page)).to_be_hidden()
    expect(page.get_by_label("Your comment")).to_have_value("Half a thought")


def test_what_arrives_in_such_a_page_waits_until_it_is_loaded_again(
    visit: Visit, ada: Person, ben: Person
) -> None:
    post = factories.post(ada, "\n\n".join(["A long evening at the pier."] * 30))
    window = visit(ben)
    page = window.connected(window.open("post", post.pk))
    said = {"type": "comment", "thread": str(post.pk), "parent": str(post.pk)}
    html = '<li data-post="{0}"><article class="comment">{0}</article></li>'
    tell(page, {**said, "id": "1", "post": "1", "html": html.format(1)})
    expect(page.get_by_role("article").filter(has_text="1").last).to_have_text("1")
    ready(page, release="another")
    tell(page, {**said, "id": "2", "post": "2", "html": html.format(2)})
    expect(page.locator("[data-post='2']")).to_have_count(0)
    expect(pill(page)).to_contain_text(UPDATED)
    later = factories.comment(ada, post)
    pill(page).click()
    expect(comment(page, later)).to_be_visible()
