"""Long words in every field, without spaces, do not make any page wider than a narrow phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser import long_words, looking
from tests.support.browser.long_words import long
from tests.support.browser.on_page import tell
from tests.support.browser.pages import PAGES
from tests.support.browser.site import Site
from tests.support.browser.visitor import Onlooker, onlookers
from tests.support.browser.world import World

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def stretched(site: Site) -> World:
    return long_words.build()


@pytest.fixture(scope="module")
def onlooker(site: Site, chromium: Browser, stretched: World) -> Iterator[Onlooker]:
    with onlookers(site.url, chromium, stretched) as look:
        yield look


@pytest.mark.parametrize("label", PAGES)
def test_long_words_do_not_widen_a_page(label: str, stretched: World, onlooker: Onlooker) -> None:
    page = onlooker(PAGES[label].who).page
    PAGES[label].open(page, stretched)
    assert not wider_than_a_phone(page)


# Each form: its page, its fields and its button.
REFUSED = {
    "a message": ("compose", {"text": "Hello", "place": "direct", "to": long(900)}, "main form .btn.go"),
    "a topic": ("compose", {"text": "Hello", "topics": f"{long(80)}!"}, "main form .btn.go"),
    "an invitation": ("group_invitations", {"handle": "w" * 31}, "main form .btn.go"),
    "a word to mute": ("settings_filters", {"word": long(150)}, "main form .btn.go"),
    "a handle": ("settings", {"handle": "w" * 31}, "main form .btn.go"),
    "a search": ("explore", {"q": long(80)}, "#find .btn"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_error_messages_about_long_words_do_not_widen_a_page(
    what: str, stretched: World, onlooker: Onlooker
) -> None:
    label, fields, button = REFUSED[what]
    page = onlooker("ada").page
    PAGES[label].open(page, stretched)
    page.evaluate(FILL, fields)
    page.locator(button).first.click()
    page.wait_for_load_state()
    assert not wider_than_a_phone(page)


def test_long_names_in_presence_do_not_widen_a_page(stretched: World, onlooker: Onlooker) -> None:
    page = onlooker("ada").page
    PAGES["group"].open(page, stretched)
    people = [{"id": str(n), "name": long(80)} for n in range(3)]
    tell(page, {"type": "here", "people": people, "more": 2, "writing": ["0", "1", "2"]})
    page.locator("[data-here]", has_text=long(80)).wait_for()
    page.locator("[data-names]", has_text=long(80)).wait_for()
    assert not wider_than_a_phone(page)


FILL = """(fields) => {
  for (const [name, value] of Object.entries(fields))
    for (const field of document.querySelectorAll(`main [name=${name}]`))
      if (field.type === "radio") field.checked = field.value === value;
      else [field.maxLength, field.value] = [9999, value];
}"""
OPEN = "for (const part of document.querySelectorAll('details')) part.open = true"


def wider_than_a_phone(page: Page) -> list[str]:
    """Return the elements that exceed the width of a narrow phone, in both writing directions, with all folds open."""
    page.evaluate(OPEN)
    return looking.too_wide(page, looking.PHONE)
