"""While new comments are paused, a thread does not change until the reader asks for new comments."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from network.actions import edits, posts
from network.actions.drafts import Draft
from network.models import Person, Post
from tests.support import factories
from tests.support.browser.on_page import comment, pill, text
from tests.support.browser.someone import someone
from tests.support.browser.visitor import Visitor

pytestmark = pytest.mark.browser

LONG = "\n\n".join(f"Line {line} of a long evening at the pier." for line in range(12))


@pytest.fixture
def thread(ada: Person) -> Post:
    """A thread longer than the window. New comments below the window are inserted automatically."""
    post = factories.post(ada, LONG)
    for number in range(2):
        factories.comment(ada, post, f"Comment {number}. {LONG}")
    return post


@pytest.fixture
def page(visit: Callable[..., Visitor], thread: Post) -> Iterator[Page]:
    """The page of the thread, for a reader."""
    window = visit(someone("Ben"))
    yield window.connected(window.open("post", thread.pk))
    assert not window.complaints


def button(page: Page) -> Locator:
    return page.get_by_role("button", name="Pause new comments")


def height(part: Locator) -> float:
    return float(part.evaluate("part => part.offsetHeight"))


def test_new_comments_wait_until_the_reader_asks_for_them(page: Page, ada: Person, thread: Post) -> None:
    edited, deleted = list(thread.replies.order_by("pk"))
    button(page).click()
    expect(button(page)).to_have_attribute("aria-pressed", "true")
    before = height(comment(page, deleted))
    new = factories.comment(ada, thread, "A new one.")
    edits.edit(ada, edited, Draft("It reads otherwise now."))
    posts.delete(ada, deleted)

    expect(page.get_by_text("This was taken down.")).to_be_visible()
    assert height(comment(page, deleted)) == before, "what is taken down leaves its room"
    expect(pill(page)).to_contain_text("1 new comment")
    expect(comment(page, new)).to_have_count(0)
    expect(text(page, "It reads otherwise now.")).to_have_count(0)

    pill(page).click()
    expect(comment(page, new)).to_be_focused()
    expect(text(page, "It reads otherwise now.")).to_be_visible()
    assert height(comment(page, deleted)) < before
    expect(pill(page)).to_be_hidden()


def test_the_focus_goes_to_a_new_comment_also_where_another_was_edited_before(
    page: Page, ada: Person, thread: Post
) -> None:
    button(page).click()
    edits.edit(ada, thread.replies.earliest("pk"), Draft("It reads otherwise now."))
    expect(pill(page)).to_be_visible()
    new = factories.comment(ada, thread, "A new one.")
    expect(pill(page)).to_contain_text("1 new comment")
    pill(page).click()
    expect(comment(page, new)).to_be_focused()


def test_later_comments_wait_behind_earlier_ones(page: Page, ada: Person, thread: Post) -> None:
    button(page).click()
    first = factories.comment(ada, thread, "While it is held.")
    expect(pill(page)).to_contain_text("1 new comment")
    button(page).click()
    second = factories.comment(ada, thread, "And after.")
    expect(pill(page)).to_contain_text("2 new comments")
    pill(page).click()
    expect(comment(page, second)).to_be_visible()
    shown = page.locator(f"[data-replies='{thread.pk}'] > [data-post]").all()
    assert [part.get_attribute("id") for part in shown][-2:] == [f"c{first.pk}", f"c{second.pk}"]


def test_an_edit_waits_too(page: Page, ada: Person, thread: Post) -> None:
    button(page).click()
    edits.edit(ada, thread, Draft("It reads otherwise now."))
    expect(pill(page)).to_contain_text("Show what was edited")
    pill(page).click()
    expect(text(page, "It reads otherwise now.")).to_be_visible()


def test_each_thread_is_paused_separately_while_the_tab_is_open(
    page: Page, ada: Person, thread: Post
) -> None:
    button(page).click()
    page.goto(f"/posts/{factories.post(ada).pk}")
    expect(button(page)).to_have_attribute("aria-pressed", "false")
    page.goto(f"/posts/{thread.pk}")
    expect(button(page)).to_have_attribute("aria-pressed", "true")
    button(page).click()
    expect(button(page)).to_have_attribute("aria-pressed", "false")
    new = factories.comment(ada, thread, "One that joins by itself.")
    expect(comment(page, new)).to_be_visible()


def test_without_scripts_there_is_no_pause_button(
    visit: Callable[..., Visitor], ada: Person, thread: Post
) -> None:
    page = visit(ada, java_script_enabled=False).open("post", thread.pk)
    expect(page.get_by_text("Pause new comments")).to_be_hidden()
