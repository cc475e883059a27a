"""The page of a thread: replies in place, counts that agree, and marks that are correct after Back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from network.models import Person, Post
from tests.support import factories
from tests.support.browser.on_page import card, travel
from tests.support.browser.site import Site
from tests.support.browser.someone import someone
from tests.support.browser.visitor import Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


def reply(page: Page, said: Post) -> None:
    page.locator(f"#c{said.pk} > a.reply-link").click()


def test_a_comment_is_answered_in_place(visit: Visit, ada: Person) -> None:
    post = factories.post(ada)
    said, other = factories.comment(ada, post, "At six?"), factories.comment(ada, post, "Or seven?")
    window = visit(someone("Ben"))
    page = window.open("post", post.pk)
    address = page.url
    reply(page, said)
    form = page.locator(f"#c{said.pk} > form")
    expect(form.locator("textarea")).to_be_focused()
    assert page.url == address
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(({id}) => id)")
    assert len(ids) == len(set(ids))

    page.keyboard.type("At half past.")
    page.keyboard.press("Escape")
    expect(form).to_have_count(0)
    expect(page.locator(f"#c{said.pk} > a.reply-link")).to_be_focused()
    reply(page, other)
    expect(page.locator(f"#c{other.pk} > form textarea")).to_have_value("")
    reply(page, said)
    expect(page.locator("form[data-reply]")).to_have_count(1)
    expect(form.locator("textarea")).to_have_value("At half past.")
    form.get_by_role("button", name="Close").click()
    expect(form).to_have_count(0)
    reply(page, said)
    form.get_by_role("button", name="Post comment").click()
    expect(page.locator(f"#c{said.pk} .replies .prose")).to_have_text("At half past.")
    assert Post.objects.get(parent=said).text == "At half past."
    assert not window.complaints


def test_the_heading_and_the_button_show_the_same_number_of_comments(visit: Visit, ada: Person) -> None:
    post = factories.post(ada)
    window = visit(someone("Ben"))
    page = window.connected(window.open("post", post.pk))
    expect(page.locator("#cs")).to_have_text("No comments yet")
    factories.comment(ada, post)
    expect(page.locator("#cs")).to_have_text("1 comment")
    expect(card(page, post).locator("[data-act=reply]")).to_contain_text("Reply 1")
    factories.comment(ada, post)
    expect(page.locator("#cs")).to_have_text("2 comments")
    expect(card(page, post).get_by_role("link", name="Reply 2 comments, to Ada")).to_be_visible()


def test_one_key_focuses_the_comment_box(visit: Visit, ada: Person) -> None:
    post = factories.post(ada)
    for _ in range(10):
        factories.comment(ada, post)
    page = visit(ada).open("post", post.pk)
    jump = page.get_by_role("link", name="Skip to the comment box")
    jump.focus()
    expect(jump).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#say textarea")).to_be_focused()
    page.goto("about:blank")
    page.goto(f"/posts/{post.pk}#say")
    expect(page.locator("#say textarea")).to_be_focused()


@pytest.mark.parametrize("keeps_pages", [False, True])
def test_a_saved_post_is_still_saved_after_back(
    site: Site, chromium: Browser, remembering: Browser, ada: Person, keeps_pages: bool
) -> None:
    post = factories.post(ada)
    window = Visitor(site.url, remembering if keeps_pages else chromium, someone("Ben"))
    page = window.open("person", ada.handle)
    page.goto(f"/posts/{post.pk}")
    save = card(page, post).get_by_role("button", name=re.compile("^Save"))
    save.click()
    expect(card(page, post).get_by_role("button", name="Saved")).to_be_visible()
    travel(page, -1)
    page.wait_for_url(f"**/{ada.handle}", wait_until="commit")
    expect(card(page, post).get_by_role("button", name="Saved")).to_be_visible()
    travel(page, 1)
    page.wait_for_url(f"**/{post.pk}", wait_until="commit")
    expect(card(page, post).get_by_role("button", name="Saved")).to_be_visible()
    assert not window.complaints
    window.leave()
