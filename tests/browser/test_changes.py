"""A post is edited while others look at it: the visible page, and the output of a screen reader."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from network.actions import edits, reshares
from network.actions.drafts import Draft
from network.models import Person
from tests.support import factories
from tests.support.browser.on_page import card, comment
from tests.support.browser.someone import someone
from tests.support.browser.visitor import Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


@pytest.fixture
def ben() -> Person:
    return someone("Ben")


@pytest.fixture
def look(visit: Visit, ben: Person) -> Callable[..., Page]:
    """Open a connected page of Ben."""
    window = visit(ben)
    return lambda *where: window.connected(window.open(*where))


def test_the_card_of_an_edited_post_has_its_new_title_and_is_folded(
    look: Callable[..., Page], ada: Person
) -> None:
    post = factories.post(ada, "The crab dit it.")
    shown = card(look("person", ada.handle), post)
    expect(shown.get_by_role("heading")).to_contain_text("dit")
    edits.edit(ada, post, Draft("The crab did it."))
    expect(shown.get_by_role("heading")).to_have_text("Ada: The crab did it.")
    edits.edit(
        ada, post, Draft("The crab did it.", title="Who took the bait?", summary="The end of the story")
    )
    expect(shown.get_by_role("link", name="Who took the bait?")).to_be_visible()
    expect(shown.get_by_text("The crab did it.")).to_be_hidden()
    shown.get_by_text("The end of the story").click()
    edits.edit(
        ada, post, Draft("The gull did it.", title="Who took the bait?", summary="The end of the story")
    )
    expect(shown.get_by_text("The gull did it.")).to_be_visible()


def test_the_title_stays_the_first_heading_on_the_page_of_the_post(
    look: Callable[..., Page], ada: Person
) -> None:
    post = factories.post(ada, "The crab dit it.")
    page = look("post", post.pk)
    edits.edit(ada, post, Draft("The crab did it.", title="Who took the bait?"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Who took the bait?")
    expect(page.get_by_role("heading", level=1)).to_have_class("title")
    expect(card(page, post).locator(".prose")).to_have_text("The crab did it.")


def test_an_edited_comment_is_labelled_with_its_new_text(look: Callable[..., Page], ada: Person) -> None:
    post = factories.post(ada)
    said = factories.comment(ada, post, "I dit.")
    page = look("post", post.pk)
    edits.edit(ada, said, Draft("I did."))
    expect(comment(page, said)).to_have_accessible_name("Ada: I did.")
    expect(comment(page, said).locator(".prose")).to_have_text("I did.")


def test_an_edited_post_still_shows_who_reshared_it(
    look: Callable[..., Page], ada: Person, ben: Person
) -> None:
    post = factories.post(ada, "The crab dit it.")
    reshares.reshare(ben, post)
    shown = card(look("person", ben.handle), post)
    edits.edit(ada, post, Draft("The crab did it."))
    expect(shown.locator(".prose")).to_have_text("The crab did it.")
    expect(shown.get_by_role("heading")).to_contain_text("Ben reshared Ada")
