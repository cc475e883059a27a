"""Everything works with the keyboard alone, and the focus is always visible."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from network.actions import people
from network.models import Follow, Person, Post
from tests.support import factories
from tests.support.browser.on_page import card, comment, menu, text
from tests.support.browser.someone import PASSWORD, someone
from tests.support.browser.visitor import Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]

MOST_PRESSES = 60
NAME = """() => {
  const at = document.activeElement;
  return at === document.body ? "" : (at.labels?.[0]?.innerText || at.ariaLabel || at.innerText || at.name || "")
    .replace(/\\s+/g, " ").trim();
}"""
IS_SEEN = """() => {
  const {outlineStyle, outlineWidth} = getComputedStyle(document.activeElement);
  const {width, height, top, bottom} = document.activeElement.getBoundingClientRect();
  return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && width > 0 && height > 0
    && bottom > 0 && top < innerHeight;
}"""


@pytest.fixture
def ben() -> Person:
    return someone("Ben")


def tab_to(page: Page, name: str, *, inside: str = "body") -> None:
    """Press Tab until the focused element has this name. Assert at each step that the focus is visible."""
    passed = []
    for _press in range(MOST_PRESSES):
        page.keyboard.press("Tab")
        here = page.evaluate(NAME)
        passed.append(here)
        assert not here or page.evaluate(IS_SEEN), f"The focus on {here!r} cannot be seen."
        if name in here and page.evaluate("inside => !!document.activeElement.closest(inside)", inside):
            return
    raise AssertionError(f"No Tab leads to {name!r}, but to {passed}")


def press(page: Page, name: str, *, inside: str = "body") -> None:
    tab_to(page, name, inside=inside)
    page.keyboard.press("Enter")


def test_signing_in_writing_answering_and_following(visit: Visit, ada: Person, ben: Person) -> None:
    factories.follow(ada, ben)
    question = factories.post(ben, "Which tide is lower?")
    page = visit().open("account_login")
    tab_to(page, "Username or email")
    page.keyboard.type(ada.handle)
    tab_to(page, "Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(text(page, "Which tide is lower?")).to_be_visible()

    press(page, "Write", inside="nav")
    expect(page.get_by_role("heading", level=1)).to_have_text("Write")
    tab_to(page, "Text")
    page.keyboard.type("The neap, I think.")
    press(page, "Post", inside="main")
    expect(text(page, "The neap, I think.")).to_be_visible()

    page.goto(question.get_absolute_url())
    tab_to(page, "Your comment")
    page.keyboard.type("It is the spring.")
    page.keyboard.press("Control+Enter")
    expect(text(page, "It is the spring.")).to_be_visible()

    chi = someone("Chi")
    page.goto(chi.get_absolute_url())
    press(page, "Follow", inside="main")
    expect(page.locator("main button", has_text="Following")).to_be_focused()
    assert Follow.objects.filter(follower=ada, stream=chi.pk).exists()
    assert Post.objects.filter(author=ada).count() == 2


def test_the_first_tab_skips_to_the_page(visit: Visit, ada: Person) -> None:
    page = visit(ada).open("home")
    page.keyboard.press("Tab")
    assert page.evaluate(NAME) == "Skip to the page"
    assert page.evaluate(IS_SEEN)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('main')")


def test_a_menu_opens_and_escape_closes_it(visit: Visit, ada: Person, ben: Person) -> None:
    post = factories.post(ben)
    page = visit(ada).open("post", post.pk)
    press(page, "More for what Ben said")
    opened = card(page, post).locator("details.menu")
    expect(opened).to_have_attribute("open", "")
    tab_to(page, "Copy link")
    page.keyboard.press("Escape")
    expect(opened).not_to_have_attribute("open", "")
    expect(menu(card(page, post))).to_be_focused()


def test_the_focus_stays_when_a_post_is_marked_with_the_keyboard(
    visit: Visit, ada: Person, ben: Person
) -> None:
    post = factories.post(ben)
    page = visit(ada).open("post", post.pk)
    press(page, "Save", inside="main")
    saved = card(page, post).get_by_role("button", name="Saved")
    expect(saved).to_be_focused()
    page.keyboard.press("Enter")
    expect(card(page, post).get_by_role("button", name="Save what")).to_be_focused()


def test_the_buttons_of_a_comment_are_visible_when_they_have_the_focus(
    visit: Visit, ada: Person, ben: Person
) -> None:
    post = factories.post(ben)
    said = factories.comment(ben, post)
    page = visit(ada).open("post", post.pk)
    tab_to(page, "More for what Ben said", inside=f"#c{said.pk}")
    expect(comment(page, said).locator(".menu")).to_have_css("opacity", "1")


def test_letter_keys_are_off_until_switched_on(visit: Visit, ada: Person, ben: Person) -> None:
    factories.follow(ada, ben)
    older, newer = factories.post(ben, "Older."), factories.post(ben, "Newer.")
    page = visit(ada).open("home")
    page.keyboard.press("j")
    expect(card(page, newer)).not_to_be_focused()

    page.goto("/settings/looks")
    tab_to(page, "Use single letters as keys")
    page.keyboard.press("Space")
    press(page, "Save changes")
    expect(page.locator(".flash")).to_be_visible()
    page.goto("/")
    page.keyboard.press("j")
    expect(card(page, newer)).to_be_focused()
    page.keyboard.press("j")
    expect(card(page, older)).to_be_focused()
    page.keyboard.press("s")
    expect(card(page, older).get_by_role("button", name="Saved")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", level=1)).to_have_text("Notices")


def test_letter_keys_do_nothing_while_typing_a_text(visit: Visit, ada: Person) -> None:
    people.set_reading(ada, scheme=Person.Scheme(ada.scheme), letter_keys=True)
    page = visit(ada).open("compose")
    page.get_by_label("Text", exact=True).focus()
    page.keyboard.type("gnjks?/")
    expect(page.get_by_label("Text", exact=True)).to_have_value("gnjks?/")


def test_a_draft_survives_a_reload_and_is_deleted_once_it_is_posted(visit: Visit, ada: Person) -> None:
    page = visit(ada).open("compose")
    page.get_by_label("Text", exact=True).focus()
    page.keyboard.type("Half a thought")
    expect(page.get_by_text("Kept in this browser until you post it.")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Text", exact=True)).to_have_value("Half a thought")
    page.get_by_label("Text", exact=True).focus()
    page.keyboard.press("Control+Enter")
    expect(text(page, "Half a thought")).to_be_visible()
    page.goto("/posts/new")
    expect(page.get_by_label("Text", exact=True)).to_have_value("")
