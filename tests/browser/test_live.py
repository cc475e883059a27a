"""Two people in two windows: what one does appears to the other, and a page does not move while it is read."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from feeds.models import Notification
from network.actions import blocks, edits, posts
from network.actions.drafts import Draft
from network.models import Delivery, Person
from tests.support import factories
from tests.support.browser.on_page import card, comment, pill, text
from tests.support.browser.site import Site
from tests.support.browser.someone import someone
from tests.support.browser.visitor import Visitor
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Note = Callable[[str, object], None]

AT_ONCE = 1000  # milliseconds from the press of Post until it is on the other screen
HAIR = 2  # pixels: a line between two posts, and rounding
LONG = "\n\n".join(f"Line {line} of a long evening at the pier." for line in range(12))

# The page does not move until the focus goes to the new posts, which the press of the pill asks for.
FOCUS_NOTES_POSITION = """selector => {
  const anchor = document.querySelector(selector), {focus} = HTMLElement.prototype;
  HTMLElement.prototype.focus = function (...options) {
    window.position = anchor.getBoundingClientRect().top;
    focus.apply(this, options);
  };
}"""


@pytest.fixture
def ben(ada: Person) -> Person:
    """A person who follows Ada, and whose home already has a post of hers."""
    ben = someone("Ben")
    factories.follow(ben, ada)
    for _post in range(3):
        factories.post(ada, LONG)
    wait_until(lambda: not Delivery.objects.exists(), "what came before has arrived", 30)
    return ben


@pytest.fixture
def reading(visit: Visit, ben: Person) -> Iterator[Page]:
    """The home of Ben, connected."""
    window = visit(ben)
    yield window.connected(window.open("home"))
    assert not window.complaints


def position(page: Page, selector: str) -> float:
    return float(
        page.evaluate("selector => document.querySelector(selector).getBoundingClientRect().top", selector)
    )


def test_a_post_appears_on_the_other_screen_at_once(
    visit: Visit, reading: Page, ada: Person, record_property: Note
) -> None:
    writing = visit(ada).open("home")
    writing.locator("#say-text").fill("Just now: the tide turned.")
    writing.evaluate("document.addEventListener('submit', () => sessionStorage.sent = Date.now())")
    reading.evaluate("""new MutationObserver(() => window.seen ??= Date.now())
        .observe(document.querySelector('[data-live-pill]'), {attributes: true})""")
    writing.locator("form.composer").get_by_role("button", name="Post to everyone").click()
    expect(pill(reading)).to_be_visible()
    expect(pill(reading)).to_contain_text("1 new post")
    took = reading.evaluate("seen") - int(writing.evaluate("sessionStorage.sent"))
    record_property("milliseconds to the other's screen", took)
    assert took < AT_ONCE


def test_new_posts_wait_and_are_then_inserted_above_without_moving_the_page(
    reading: Page, ada: Person, ben: Person
) -> None:
    reading.mouse.wheel(0, 700)
    wait_until(lambda: reading.evaluate("scrollY >= 690"), "the page is scrolled")
    anchor = "[data-live-feed] > article:nth-child(2)"
    anchor = "#" + str(reading.locator(anchor).get_attribute("id"))
    before = position(reading, anchor)
    first, second = factories.post(ada, LONG + " First."), factories.post(ada, LONG + " Second.")
    expect(pill(reading)).to_contain_text("2 new posts")
    assert position(reading, anchor) == pytest.approx(before, abs=HAIR)
    expect(card(reading, first)).to_have_count(0)

    reading.evaluate(FOCUS_NOTES_POSITION, anchor)
    pill(reading).click()
    expect(card(reading, second)).to_be_focused()
    expect(card(reading, first)).to_have_count(1)
    assert reading.evaluate("position") == pytest.approx(before, abs=HAIR)
    expect(card(reading, second)).to_be_in_viewport()
    shown = [article.get_attribute("id") for article in reading.locator("[data-live-feed] > article").all()]
    assert shown[:2] == [f"p{second.pk}", f"p{first.pk}"]
    assert len(shown) == len(set(shown))
    expect(pill(reading)).to_be_hidden()


def test_the_first_post_replaces_the_empty_home(visit: Visit, ada: Person) -> None:
    newcomer = someone("Nia")
    factories.follow(newcomer, ada)
    window = visit(newcomer)
    page = window.connected(window.open("home"))
    post = factories.post(ada, "The first that she hears.")
    pill(page).click()
    expect(page.locator("[data-live-feed]").locator(f"#p{post.pk}")).to_be_visible()
    assert not window.complaints


def test_comments_are_inserted_into_an_open_thread(visit: Visit, ada: Person, ben: Person) -> None:
    post = factories.post(ada, "Who saw it?")
    window = visit(ben)
    page = window.connected(window.open("post", post.pk))
    first = factories.comment(ada, post, "I did.")
    expect(pill(page)).to_contain_text("1 new comment")
    pill(page).click()
    expect(comment(page, first)).to_be_focused()
    answer = factories.comment(ada, first, "From the pier, I mean.")
    pill(page).click()
    expect(page.locator(f"#c{first.pk}").locator(f"#c{answer.pk}")).to_be_visible()
    expect(page.locator(f"article[data-post='{post.pk}'] [data-count='comments']").first).to_have_text("2")
    assert not window.complaints


def test_a_deleted_post_is_removed_from_every_screen(reading: Page, ada: Person) -> None:
    post = factories.post(ada, "Not quite right.")
    expect(pill(reading)).to_be_visible()
    posts.delete(ada, post)
    expect(pill(reading)).to_be_hidden()

    shown = reading.locator("[data-live-feed] > article").first
    newest = factories.Post.objects.get(pk=int(str(shown.get_attribute("data-post"))))
    posts.delete(ada, newest)
    expect(card(reading, newest)).to_have_count(0)


def test_an_edited_comment_in_a_feed_keeps_the_post_that_it_answers(
    reading: Page, ada: Person, ben: Person
) -> None:
    post = factories.post(ada, "Who saw it?")
    said = factories.comment(ada, post, "I dit.")
    expect(pill(reading)).to_be_visible()
    wait_until(lambda: not Delivery.objects.exists(), "all is delivered", 30)
    reading.reload()
    shown = card(reading, said)
    expect(shown).to_contain_text("I dit.")
    wait_until(lambda: bool(reading.evaluate("window.isReady")), "the page is connected")
    edits.edit(ada, said, Draft("I did."))
    expect(shown.locator(".prose")).to_contain_text(["I did."])
    expect(shown.locator(".in-reply-to")).to_contain_text("Who saw it?")


def test_posts_that_arrive_during_a_fetch_keep_waiting(reading: Page, ada: Person) -> None:
    first = factories.post(ada, "First.")
    expect(pill(reading)).to_contain_text("1 new post")
    fetched: list[Route] = []
    reading.route("**/", lambda route: fetched.append(route))
    pill(reading).click()
    wait_until(lambda: reading.wait_for_timeout(10) or bool(fetched), "the posts are being fetched")
    answer = fetched[0].fetch()
    second = factories.post(ada, "Second.")
    expect(pill(reading)).to_contain_text("2 new posts")
    fetched[0].fulfill(response=answer)
    expect(card(reading, first)).to_be_visible()
    expect(pill(reading)).to_contain_text("1 new post")
    reading.unroute_all()
    pill(reading).click()
    expect(card(reading, second)).to_be_focused()
    expect(pill(reading)).to_be_hidden()


def test_posts_that_cannot_be_fetched_keep_waiting(visit: Visit, ada: Person, ben: Person) -> None:
    window = visit(ben)
    page = window.connected(window.open("home"))
    page.route("**/", lambda route: route.abort())
    post = factories.post(ada, "Said in a tunnel.")
    expect(pill(page)).to_contain_text("1 new post")
    pill(page).click()
    expect(pill(page)).to_be_visible()
    page.unroute_all()
    pill(page).click()
    expect(card(page, post)).to_be_visible()


def test_a_deleted_comment_leaves_a_tombstone(visit: Visit, ada: Person, ben: Person) -> None:
    post = factories.post(ada)
    said = factories.comment(ada, post, "Regretted at once.")
    window = visit(ben)
    page = window.connected(window.open("post", post.pk))
    posts.delete(ada, said)
    expect(page.get_by_text("This was taken down.")).to_be_visible()
    expect(text(page, "Regretted at once.")).to_have_count(0)


def test_nothing_arrives_from_a_blocked_person(reading: Page, ada: Person, ben: Person) -> None:
    chi = someone("Chi")
    factories.follow(ben, chi)
    blocks.block(ben, ada)
    unheard = factories.post(ada, "You never hear of this.")
    heard = factories.post(chi, "But of this.")
    expect(pill(reading)).to_contain_text("1 new post")
    pill(reading).click()
    expect(card(reading, heard)).to_be_visible()
    expect(card(reading, unheard)).to_have_count(0)


def test_notices_are_counted_on_every_page(visit: Visit, ada: Person, ben: Person) -> None:
    post = factories.post(ben, "A question.")
    window = visit(ben)
    page = window.open("about")
    window.connected(page)
    badge = page.locator("[data-unread]")
    expect(badge).to_be_hidden()
    factories.comment(ada, post, "An answer.")
    expect(badge).to_be_visible()
    expect(badge).to_contain_text("1")
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    factories.comment(someone("Chi"), factories.post(ben, "Another question."), "Another answer.")
    expect(badge).to_contain_text("2")
    wait_until(lambda: Notification.objects.filter(person=ben).count() == 2, "both are kept")


def test_a_page_reconnects_and_catches_up(
    visit: Visit, site: Site, ada: Person, ben: Person, record_property: Note
) -> None:
    window = visit(ben)
    page = window.connected(window.open("home"))
    site.end("server")
    expect(page.get_by_text("Not live. Trying again.")).to_be_visible()
    missed = factories.post(ada, "Said while nobody was there.")
    site.start_server()
    started = time.monotonic()
    expect(pill(page)).to_contain_text("1 new post", timeout=20_000)
    record_property("seconds until it is heard", round(time.monotonic() - started, 1))
    expect(page.get_by_text("Not live. Trying again.")).to_be_hidden()
    pill(page).click()
    expect(card(page, missed)).to_be_focused()
    later = factories.post(ada, "And this after.")
    expect(pill(page)).to_contain_text("1 new post")
    pill(page).click()
    expect(card(page, later)).to_be_focused()


def test_back_returns_to_a_live_page(reading: Page, ada: Person) -> None:
    reading.goto("/about")
    missed = factories.post(ada, "While you read about us.")
    reading.go_back()
    expect(reading.locator(f"[data-live-pill]:not([hidden]) a, #p{missed.pk}").first).to_be_visible()
    heard = factories.post(ada, "And now.")
    expect(pill(reading)).to_be_visible()
    pill(reading).click()
    expect(card(reading, heard)).to_be_visible()
    expect(card(reading, missed)).to_be_visible()


def test_more_posts_than_a_page_are_shown_by_a_load(reading: Page, ada: Person) -> None:
    """The pill offers more posts than a page has: it loads the newest, and the next page has the others."""
    for number in range(30):
        factories.post(ada, f"Reading {number} of thirty.")
    expect(pill(reading)).to_contain_text("30")
    pill(reading).press("Enter")
    expect(text(reading, "of thirty.")).to_have_text([f"Reading {29 - n} of thirty." for n in range(20)])
    expect(reading.locator("main")).not_to_contain_text("Nothing new")
    reading.locator("a", has_text="Older posts").click()
    expect(text(reading, "of thirty.")).to_have_text([f"Reading {9 - n} of thirty." for n in range(10)])
