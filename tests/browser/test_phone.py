"""On a phone every page can be reached, and no element covers another."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from network.actions import lists
from network.actions.groups import GroupDraft, create
from network.models import Group, Person
from tests.support import factories
from tests.support.browser.on_page import tell
from tests.support.browser.visitor import Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
PHONE = {"width": 320, "height": 640}
PLACES = ("Messages", "Saved", "Explore", "You", "Settings")
SETTINGS = (
    "settings",
    "settings_privacy",
    "settings_home",
    "settings_notices",
    "settings_filters",
    "settings_looks",
    "account_email",
    "account_change_password",
    "mfa_index",
    "usersessions_list",
)


@pytest.fixture
def phone(visit: Visit, ada: Person) -> Visitor:
    return visit(ada, viewport=PHONE, has_touch=True, is_mobile=True)


@pytest.mark.parametrize("place", PLACES)
def test_every_page_is_two_presses_away_without_scripts(visit: Visit, ada: Person, place: str) -> None:
    page = visit(ada, viewport=PHONE, java_script_enabled=False).open("home")
    page.locator(".nav summary", has_text="Menu").click()
    page.locator(".nav details").get_by_role("link", name=place).click()
    expect(page).not_to_have_url("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_the_menu_opens_upwards_and_closes_with_escape_or_a_press_elsewhere(
    phone: Visitor,
) -> None:
    page = phone.open("home")
    menu = page.locator(".nav details")
    summary = menu.locator("summary")
    summary.click()
    first = box(page, ".nav details li:first-child a")
    assert 0 <= first["top"] < first["bottom"] <= box(page, ".nav summary")["top"]
    expect(menu.get_by_role("link", name="Messages")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()
    summary.click()
    page.locator("h1").click()
    expect(menu).not_to_have_attribute("open", "")


def test_the_menu_marks_the_current_page(phone: Visitor) -> None:
    page = phone.open("saved")
    shown = page.locator(".nav [aria-current=page]").locator("visible=true")
    expect(shown).to_have_count(0)
    page.locator(".nav summary").click()
    expect(shown).to_have_text("Saved")


@pytest.mark.parametrize("name", SETTINGS)
def test_the_menu_of_settings_is_on_the_first_screen(phone: Visitor, name: str) -> None:
    page = phone.open(name)
    page.locator("main summary", has_text="All settings").click()
    link = page.locator("main").get_by_role("link", name="Looks and keys")
    expect(link).to_be_in_viewport()
    link.click()
    page.wait_for_url("**/settings/looks")


def test_tabs_are_one_row_that_scrolls_to_the_current_one(phone: Visitor, ada: Person) -> None:
    made = [lists.create(ada, f"A list with a long name, number {n}") for n in range(5)]
    page = phone.open("list", made[3].pk)
    tops = page.locator(".tabs a").evaluate_all("tabs => tabs.map(tab => tab.getBoundingClientRect().top)")
    assert len(set(tops)) == 1
    expect(page.locator(".tabs [aria-current]")).to_be_in_viewport(ratio=0.9)
    assert page.evaluate("scrollY") == 0


def test_the_pill_has_its_own_row_and_moves_no_post(phone: Visitor, ada: Person) -> None:
    factories.post(ada, "What came before.")
    page = phone.open("home")
    before = box(page, "[data-live-feed] article")
    offer(page)
    rows = [box(page, part) for part in (".tabs", ".pill", "[data-live-feed] article .by")]
    assert all(above["bottom"] <= below["top"] for above, below in itertools.pairwise(rows))
    assert box(page, "[data-live-feed] article")["top"] == pytest.approx(before["top"], abs=1)


def test_the_pill_does_not_move_a_text_that_is_being_written(phone: Visitor, ada: Person) -> None:
    factories.post(ada, "What came before.")
    page = phone.open("home")
    page.locator("#say-text").fill("I wonder")
    before = box(page, "#say-text")
    offer(page)
    assert box(page, "#say-text")["top"] == pytest.approx(before["top"], abs=1)


def test_posts_scroll_under_the_pill(phone: Visitor, ada: Person) -> None:
    for _number in range(4):
        factories.post(ada, "A long evening at the pier. " * 20)
    page = phone.open("home")
    offer(page)
    page.evaluate("scrollTo(0, 600)")
    row = box(page, ".pill")
    assert row["top"] == 0
    assert row["right"] - row["left"] == pytest.approx(PHONE["width"], abs=1)
    assert (
        page.locator(".pill").evaluate("row => getComputedStyle(row).backgroundColor") != "rgba(0, 0, 0, 0)"
    )


def test_the_rows_of_presence_and_the_pill_keep_their_height(phone: Visitor, ada: Person) -> None:
    group = create(ada, GroupDraft("Tide watchers", Group.Kind.OPEN, shows_presence=True))
    factories.post(ada, "Tonight's readings, anyone?", group=group)
    page = phone.open("group", group.slug)
    before = box(page, "[data-live-feed] article")
    people = [{"id": str(n), "name": f"Somebody with a long name {n}"} for n in range(3)]
    tell(page, {"type": "here", "people": people, "more": 5, "writing": ["0", "1", "2"]})
    expect(page.locator("[data-names]")).to_contain_text("are writing")
    assert box(page, "[data-live-feed] article")["top"] == before["top"]
    offer(page)
    parts = (".presence", ".tabs", ".composer", ".writing", ".pill", "[data-live-feed] article .by")
    rows = [box(page, part) for part in parts]
    assert all(above["bottom"] <= below["top"] for above, below in itertools.pairwise(rows))


def offer(page: Page) -> None:
    """Show the pill, as a new post does."""
    tell(page, {"type": "entry", "id": "1", "thread": "1"})
    expect(page.locator(".pill")).to_be_visible()


def box(page: Page, selector: str) -> dict[str, float]:
    found: dict[str, float] = page.locator(selector).first.evaluate(
        "part => part.getBoundingClientRect().toJSON()"
    )
    return found
