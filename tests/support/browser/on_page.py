"""Where things stand on a page, for tests to point at."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

from network.models import Post


def card(page: Page, post: Post) -> Locator:
    """A post in a list, or at the head of its own page."""
    return page.locator(f"article#p{post.pk}")


def comment(page: Page, post: Post) -> Locator:
    """A comment in its thread, without what answers it."""
    return page.locator(f"#c{post.pk} > article")


def menu(part: Locator) -> Locator:
    """What opens the rarer acts of a post or comment."""
    return part.locator("details.menu > summary").first


def text(page: Page, words: str) -> Locator:
    """Something that somebody wrote, as text; headings for screen readers repeat it."""
    return page.locator("main .prose", has_text=words)


def pill(page: Page) -> Locator:
    """What new posts or comments wait behind."""
    return page.locator("[data-live-pill] a")


def tell(page: Page, frame: dict[str, object]) -> None:
    """Give the page a frame, as its line does; from then on it hears only what tests tell it."""
    page.evaluate(TELL, frame)


TELL = """frame => {
  window.isTold ??= document.addEventListener("live", (event) => {
    if (!event.detail.isTold) event.stopImmediatePropagation();
  }, true) ?? true;
  document.dispatchEvent(new CustomEvent("live", { detail: { ...frame, isTold: true } }));
}"""
