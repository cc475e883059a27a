"""Layout of chips, of the button of a long form, of menus and of the composer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from network.models import Person
from tests.support import factories
from tests.support.browser.on_page import menu
from tests.support.browser.someone import someone
from tests.support.browser.visitor import Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 320, "height": 640}


@pytest.fixture
def newcomer(ada: Person) -> Person:
    """A new person, with many topics and people to choose from."""
    for number in range(16):
        factories.follow(ada, factories.topic(f"topic_{number}"))
    for name in ("Ben", "Chi", "Dan", "Eve", "Fay", "Gil"):
        someone(name)
    return someone("Nia")


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_the_first_steps_show_chips_beside_each_other(
    visit: Visit, newcomer: Person, size: dict[str, int]
) -> None:
    page = visit(newcomer, viewport=size).open("start")
    topics = page.locator("fieldset", has_text="Topics").locator("label")
    assert topics.count() >= 16
    assert len(places(topics, "top")) <= topics.count() * 2 / 3
    if size == DESK:
        people = page.locator("fieldset", has_text="People").locator("label")
        assert len(places(people, "left")) == 2


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_the_button_of_a_long_form_is_always_visible(
    visit: Visit, newcomer: Person, size: dict[str, int]
) -> None:
    page = visit(newcomer, viewport=size).open("start")
    button = page.get_by_role("button", name="Go to my home")
    expect(button).to_be_in_viewport(ratio=1)
    page.locator("label.chip").first.click()
    box = button.bounding_box()
    assert box is not None
    on_top = page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y).textContent", [box["x"] + 20, box["y"] + 20]
    )
    assert "Go to my home" in on_top


def test_the_menu_of_a_group_has_the_button_to_leave(visit: Visit, ada: Person) -> None:
    group = factories.group(someone("Ben"))
    factories.join(ada, group)
    page = visit(ada).open("group", group.slug)
    leave = page.get_by_role("link", name="Leave the group")
    expect(leave).to_be_hidden()
    menu(page.locator("main header")).click()
    leave.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Leave {group}?")


def test_opening_a_composer_moves_neither_its_avatar_nor_its_text(visit: Visit, ada: Person) -> None:
    page = visit(ada).open("home")
    parts = page.locator(".composer .av, .composer textarea")
    before = places(parts, "top")
    page.locator("#say-text").focus()
    expect(page.locator(".composer .go")).to_be_visible()
    assert places(parts, "top") == before


def places(parts: Locator, edge: str) -> set[float]:
    """The positions of one edge of some elements on the page."""
    script = """(parts, edge) => parts.map((part) =>
        part.getBoundingClientRect()[edge] + (edge === "top" ? scrollY : 0))"""
    found: list[float] = parts.evaluate_all(script, edge)
    return set(found)
