"""The connection between open pages and the server, on networks that delay, cut, block or drop traffic."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from network.models import Delivery, Person
from tests.support import factories
from tests.support.browser.on_page import card, pill, travel
from tests.support.browser.site import Site
from tests.support.browser.someone import someone
from tests.support.browser.visitor import Visitor
from tests.support.browser.wire import WEBSOCKET, Wire
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser


def test_tabs_share_a_socket_and_each_receives_its_own_frames(
    window: Visitor, wire: Wire, ada: Person
) -> None:
    post = factories.post(ada, "Who saw it?")
    home = window.connected(window.page, "/")
    thread = window.connected(window.tab(), f"/posts/{post.pk}")
    assert len(wire.open(WEBSOCKET)) == 1
    factories.comment(ada, post, "I did.")
    expect(pill(thread)).to_contain_text("1 new comment")
    factories.post(ada, "And something else.")
    expect(pill(home)).to_contain_text("1 new post")
    home.close()
    factories.comment(ada, post, "From the pier.")
    expect(pill(thread)).to_contain_text("2 new comments")
    assert len(wire.open(WEBSOCKET)) == 1


def test_a_frozen_tab_does_not_delay_other_tabs(window: Visitor, ada: Person) -> None:
    frozen, other = window.connected(window.page, "/"), window.connected(window.tab(), "/")
    browser = window.context.new_cdp_session(frozen)
    browser.send("Page.setWebLifecycleState", {"state": "frozen"})
    factories.post(ada, "While one sleeps.")
    expect(pill(other)).to_contain_text("1 new post")
    browser.send("Page.setWebLifecycleState", {"state": "active"})
    expect(pill(frozen)).to_contain_text("1 new post")


def test_many_tabs_stay_within_the_limit_of_a_socket(window: Visitor, wire: Wire) -> None:
    """When there are more pages than one socket may subscribe, the pages that were viewed last are subscribed."""
    page = window.connected(window.page, "/about")
    page.evaluate("""async () => {
      const { join } = await import(document.querySelector("main").dataset.live);
      window.said = {ready: [], lost: []};
      window.tab = (name) => {
        const { port1, port2 } = new MessageChannel();
        const watch = () => port1.postMessage({type: "watch", place: "nothing", since: "0", threads: []});
        port1.onmessage = ({ data: { type } }) => type === "open" ? watch() : said[type]?.push(name);
        join(port2);
        watch();
      };
      for (let name = 0; name < 30; name++) tab(name);
    }""")

    def are_notified(tabs: range) -> None:
        wait_until(lambda: set(tabs) <= set(page.evaluate("said.ready")), f"tabs {tabs} are subscribed")

    are_notified(range(15, 30))
    page.evaluate("() => { for (let name = 30; name < 35; name++) tab(name) }")
    are_notified(range(30, 35))
    assert page.evaluate("said.lost") == []
    assert len(wire.open(WEBSOCKET)) == 2  # the page's own socket, and the shared socket of the tabs


def test_posts_made_while_offline_appear_once_and_in_order(window: Visitor, wire: Wire, ada: Person) -> None:
    page = window.connected(window.page, "/")
    wire.cut()
    expect(page.get_by_text("Not live. Trying again.")).to_be_visible()
    said = [factories.post(ada, f"Said while Ben was away: {number}.") for number in range(30)]
    wire.mend()
    window.come_online(page)
    expect(page.get_by_text("Live again.")).to_be_visible()
    expect(page.get_by_text("Not live. Trying again.")).to_be_hidden()
    expect(pill(page)).to_contain_text("30 new posts")
    expect(page.get_by_text("Live again.")).to_be_hidden()

    wait_until(lambda: not Delivery.objects.exists(), "all is delivered", 30)
    pill(page).click()
    expect(card(page, said[-1])).to_be_visible()
    shown = articles(page)
    page.get_by_role("link", name="Older posts").click()
    expect(card(page, said[0])).to_be_visible()
    shown += articles(page)
    assert shown[:30] == [f"p{post.pk}" for post in reversed(said)]
    assert len(shown) == len(set(shown))


def test_a_short_interruption_shows_no_warning(window: Visitor, alone: Page, wire: Wire) -> None:
    page = window.connected(alone, "/")
    sign = page.get_by_text("Not live. Trying again.")
    wire.cut()
    wait_until(lambda: not wire.open(WEBSOCKET), "the socket is gone")
    page.clock.run_for(1500)
    expect(sign).to_be_hidden()
    window.hasten(sign.is_visible, "two seconds are over")


def test_a_device_that_wakes_detects_a_half_open_connection(
    window: Visitor, alone: Page, wire: Wire, ada: Person
) -> None:
    page = window.connected(alone, "/")
    wire.deafen()
    factories.post(ada, "Into a dead line.")
    page.clock.fast_forward(31_000)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    window.hasten(pill(page).is_visible, "a new line brings what the old one did not")


def test_an_idle_page_detects_a_half_open_connection(
    window: Visitor, alone: Page, wire: Wire, ada: Person
) -> None:
    page = window.connected(alone, "/")
    before_that = wire.asked
    page.clock.fast_forward(70_000)
    factories.post(ada, "By a line that was only silent.")
    window.hasten(pill(page).is_visible, "it is the same line")
    assert wire.asked == before_that
    wire.deafen()
    factories.post(ada, "Into a dead line.")
    page.clock.fast_forward(61_000)
    window.hasten(
        lambda: "2 new posts" in pill(page).inner_text(), "a new line brings what the old one did not"
    )


def test_frames_of_other_scripts_are_sent(window: Visitor, alone: Page) -> None:
    sent: list[str] = []
    alone.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))))
    page = window.connected(alone, "/")
    page.evaluate("document.dispatchEvent(new CustomEvent('send', {detail: {type: 'writing'}}))")
    window.hasten(lambda: '{"v":1,"page":"0","type":"writing"}' in sent, "it is said for this page")


def test_the_count_falls_when_posts_are_read_on_another_device(
    window: Visitor, visit: Callable[..., Visitor], ada: Person, ben: Person
) -> None:
    page = window.connected(window.page, "/")
    factories.post(ada, "Read elsewhere.")
    expect(pill(page)).to_contain_text("1 new post")
    visit(ben).open("home")
    expect(pill(page)).to_be_hidden()
    factories.post(ada, "Not yet.")
    expect(pill(page)).to_contain_text("1 new post")


def test_back_returns_to_the_same_page_and_it_is_live(
    remembering: Browser, site: Site, ada: Person, ben: Person
) -> None:
    window = Visitor(site.url, remembering, ben)
    page = window.connected(window.page, "/")
    page.evaluate("window.isTheSame = true")
    page.goto("/about")
    factories.post(ada, "While Ben read about Kith.")
    travel(page, -1)
    expect(pill(page)).to_contain_text("1 new post")
    assert page.evaluate("window.isTheSame")
    factories.post(ada, "And now.")
    expect(pill(page)).to_contain_text("2 new posts")
    assert not window.complaints


def test_all_tabs_are_live_after_signing_in_again(
    window: Visitor, wire: Wire, ada: Person, ben: Person
) -> None:
    page = window.connected(window.page, "/")
    window.sign_out()
    wait_until(lambda: not wire.open(WEBSOCKET), "the socket of the session is closed")
    window.sign_in(ben)
    other = window.connected(window.tab(), "/")
    factories.post(ada, "Welcome back.")
    for tab in (page, other):
        expect(pill(tab)).to_contain_text("1 new post")


@pytest.mark.parametrize("comes_back", [True, False], ids=["to the page before", "in another tab"])
def test_a_page_stays_connected_as_the_person_it_was_made_for(
    remembering: Browser, wire: Wire, ada: Person, ben: Person, comes_back: bool
) -> None:
    chi, dan = someone("Chi"), someone("Dan")
    factories.follow(chi, dan)
    window = Visitor(wire.url, remembering, ben)
    page = window.connected(window.page, "/")
    page.evaluate("window.isTheSame = true")
    if comes_back:
        page.goto("/about")
    window.sign_out()
    wait_until(lambda: not wire.open(WEBSOCKET), "the socket of the session is closed")
    window.sign_in(chi)
    other = window.connected(window.tab(), "/")
    if comes_back:
        travel(page, -1)
        wait_until(lambda: is_the_same(page), "the page is the one that was left")
    window.come_online(page)
    post = factories.post(dan, "For Chi.")
    expect(pill(other)).to_contain_text("1 new post")
    factories.post(ada, "Ben is not there to hear of it.")
    pill(other).click()
    expect(card(other, post)).to_be_visible()
    expect(pill(page)).to_be_hidden()
    assert page.evaluate("window.isTheSame")


def is_the_same(page: Page) -> bool:
    """Whether this is the page that was marked. False while the browser navigates to another page."""
    try:
        return bool(page.evaluate("window.isTheSame"))
    except Error:
        return False


def articles(page: Page) -> list[str]:
    return [str(article.get_attribute("id")) for article in page.locator("[data-live-feed] > article").all()]
