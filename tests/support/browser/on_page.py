"""Locators of things on a page, and the way through the history."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

from network.models import Post


def card(page: Page, post: Post) -> Locator:
    """A post in a list, or at the top of its own page."""
    return page.locator(f"article#p{post.pk}")


def comment(page: Page, post: Post) -> Locator:
    """A comment in its thread, without its replies."""
    return page.locator(f"#c{post.pk} > article")


def menu(part: Locator) -> Locator:
    """The button that opens the menu of a post or comment."""
    return part.locator("details.menu > summary").first


def text(page: Page, words: str) -> Locator:
    """A text that a person wrote. Headings for screen readers, which repeat it, do not match."""
    return page.locator("main .prose", has_text=words)


def pill(page: Page) -> Locator:
    """The button that shows new posts or comments."""
    return page.locator("[data-live-pill] a")


def tell(page: Page, frame: dict[str, object]) -> None:
    """Give a frame to the page, as its connection does. From then on it receives only frames from tests."""
    page.evaluate(TELL, frame)


TELL = """frame => {
  window.isTold ??= document.addEventListener("live", (event) => {
    if (!event.detail.isTold) event.stopImmediatePropagation();
  }, true) ?? true;
  document.dispatchEvent(new CustomEvent("live", { detail: { ...frame, isTold: true } }));
}"""


def travel(page: Page, steps: int) -> None:
    """Go back (-1) or forward (1) in the history, as the browser does: `page.go_back` waits for a new document.

    The script ends before the page does, or its answer would be lost with the page.
    """
    page.evaluate("steps => void setTimeout(() => history.go(steps))", steps)
