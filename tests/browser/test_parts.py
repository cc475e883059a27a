"""With scripts, small acts change a part of the page: the page is not loaded again, and the focus stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from network.actions import polls
from network.models import Bookmark, Like, Person, Vote
from tests.support import factories
from tests.support.browser.on_page import card, menu
from tests.support.browser.someone import someone
from tests.support.browser.visitor import Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


@pytest.fixture
def ben() -> Person:
    return someone("Ben")


def test_a_mark_changes_its_label_in_place_and_keeps_the_focus(
    visit: Visit, ada: Person, ben: Person
) -> None:
    post = factories.post(ada)
    page = visit(ben).page
    page.goto(f"/posts/{post.pk}")
    page.evaluate("document.title = 'the same page'")
    save = page.locator(f"#p{post.pk} [data-act=save]")
    save.click()
    expect(save).to_contain_text("Saved")
    assert Bookmark.objects.filter(post=post).exists()
    expect(save).to_be_focused()
    save.click()
    expect(save).not_to_contain_text("Saved")
    assert not Bookmark.objects.filter(post=post).exists()
    assert page.title() == "the same page"


def test_thanks_are_given_in_an_open_menu(visit: Visit, ada: Person, ben: Person) -> None:
    post = factories.post(ada)
    page = visit(ben).page
    page.goto(f"/posts/{post.pk}")
    page.locator(".menu summary").first.click()
    page.get_by_role("button", name="Thank Ada").click()
    expect(page.get_by_role("button", name="Take thanks back")).to_be_visible()
    assert Like.objects.filter(post=post).exists()


@pytest.mark.parametrize("status", [200, 404, 503])
def test_a_menu_that_cannot_be_fetched_leaves_the_page_as_it_is(
    visit: Visit, ada: Person, ben: Person, status: int
) -> None:
    post = factories.post(ada)
    page = visit(ben).page
    page.goto(f"/posts/{post.pk}")
    page.get_by_label("Your comment").fill("Half a thought")
    refused = "<!doctype html><main id=main><h1>Not now</h1></main>"
    page.route("**/menu*", lambda route: route.fulfill(status=status, body=refused, content_type="text/html"))
    with page.expect_request_finished(lambda request: "/menu" in request.url):
        menu(card(page, post)).click()
    # Two frames later the answer has been handled.
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(page.get_by_label("Your comment")).to_have_value("Half a thought")
    expect(page.get_by_role("heading", name="Not now")).to_have_count(0)
    expect(card(page, post).locator("details.menu > a")).to_be_visible()
    page.unroute("**/menu*")
    menu(card(page, post)).click()
    menu(card(page, post)).click()
    expect(page.get_by_role("button", name="Thank Ada")).to_be_visible()


@pytest.mark.parametrize("part", ["menu", "why"])
def test_the_focus_stays_in_a_menu_that_arrives_late(
    visit: Visit, ada: Person, ben: Person, part: str
) -> None:
    """Tab leads to the link that stands in its place, and then to what replaces it."""
    sea = factories.topic("sea")
    factories.follow(ben, sea)
    factories.follow(ben, ada)
    post = factories.post(ada, "The #sea is calm.")
    page, held = visit(ben).page, list[Route]()
    page.goto("/")
    page.route(f"**/posts/{post.pk}/{part}*", lambda route: held.append(route))
    opened = card(page, post).locator(f"details.{part}")
    opened.locator("summary").focus()
    with page.expect_request(f"**/posts/{post.pk}/{part}*"):
        page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(opened.locator(":scope > a")).to_be_focused()
    held[0].continue_()
    expect(opened.locator("form ul")).to_be_focused()
    page.keyboard.press("Tab")
    expect(opened.locator("form :is(a, button)").first).to_be_focused()


def test_on_the_page_of_a_menu_an_act_leads_back_to_where_it_was_opened(
    visit: Visit, ada: Person, ben: Person
) -> None:
    post = factories.post(ada)
    visitor = visit(ben)
    page = visitor.page
    page.goto(f"/posts/{post.pk}/menu?feed=home", referer=f"{visitor.url}/explore/posts")
    page.get_by_role("button", name="Thank Ada").click()
    page.wait_for_url(f"**/explore/posts#p{post.pk}")
    assert Like.objects.filter(post=post).exists()


def test_a_vote_shows_the_results(visit: Visit, ada: Person, ben: Person) -> None:
    post = factories.poll(ada, "Tea", "Coffee")
    page = visit(ben).page
    page.goto(f"/posts/{post.pk}")
    page.get_by_label("Coffee").check()
    page.get_by_role("button", name="Vote").click()
    expect(page.locator("progress")).to_have_count(2)
    assert Vote.objects.get(person=ben).option.text == "Coffee"


def test_a_preview_appears_under_the_text(visit: Visit, ada: Person) -> None:
    page = visit(ada).page
    page.goto("/posts/new")
    page.locator("#id_text").fill("**Bold** words")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview strong")).to_have_text("Bold")
    expect(page.locator("#id_text")).to_have_value("**Bold** words")


def test_a_refusal_is_shown(visit: Visit, ada: Person, ben: Person) -> None:
    poll = factories.poll(ada, "Tea", "Coffee")
    page = visit(ben).page
    page.goto(f"/posts/{poll.pk}")
    polls.vote(ben, poll, [0])
    page.get_by_label("Coffee").check()
    page.get_by_role("button", name="Vote").click()
    expect(page.locator("main h1")).to_be_visible()
    expect(page.locator("main")).to_contain_text("You have voted already.")
    assert Vote.objects.filter(person=ben).count() == 1


def test_a_person_who_was_signed_out_returns_to_the_page_after_signing_in(
    visit: Visit, ada: Person, ben: Person
) -> None:
    post = factories.post(ada)
    visitor = visit(ben)
    visitor.page.goto(f"/posts/{post.pk}")
    visitor.context.clear_cookies(name="sessionid")
    visitor.page.locator(f"#p{post.pk} [data-act=save]").click()
    visitor.page.wait_for_url(f"**/accounts/login/?next=/posts/{post.pk}**")
    assert not Bookmark.objects.filter(post=post).exists()
