"""The line between open pages and the server, over networks that count, cut, block and go deaf."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from network.models import Delivery, Person
from tests import making
from tests.browser.on_page import card, pill
from tests.browser.site import Site
from tests.browser.someone import someone
from tests.browser.visitor import Visitor
from tests.browser.wire import EVENTS, WEBSOCKET, Wire
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

Open = Callable[..., Visitor]

PATIENCE = 30  # seconds: two attempts fail before another way is tried, each after a wait
COMES_ONLINE = "dispatchEvent(new Event('online'))"


@pytest.fixture
def ada() -> Person:
    return someone("Ada")


@pytest.fixture
def ben(ada: Person) -> Person:
    """Who follows Ada, and had something from her already."""
    ben = someone("Ben")
    making.follow(ben, ada)
    making.post(ada, "What came before.")
    wait_until(lambda: not Delivery.objects.exists(), "what came before has arrived", 30)
    return ben


@pytest.fixture
def wire(site: Site) -> Iterator[Wire]:
    made = Wire(site.port)
    yield made
    made.close()


@pytest.fixture
def window(wire: Wire, chromium: Browser, ben: Person) -> Iterator[Visitor]:
    """Ben's, on the wire."""
    opened = Visitor(wire.url, chromium, ben)
    yield opened
    opened.leave()


@pytest.fixture
def alone(window: Visitor) -> Page:
    """A page of Ben's, in a browser without shared workers; the time of its scripts is the test's."""
    window.page.clock.install()
    window.context.add_init_script("delete window.SharedWorker")
    return window.page


def connected(window: Visitor, page: Page, address: str = "/") -> Page:
    page.goto(address)
    wait_until(lambda: window.is_live(page), "the page is connected", PATIENCE)
    return page


def hasten(page: Page, condition: Callable[[], bool], what: str) -> None:
    """Let the page's time pass, a second at once, until the condition holds."""

    def holds() -> bool:
        page.clock.run_for(1000)
        return condition()

    wait_until(holds, what, PATIENCE)


def test_tabs_share_a_socket_and_each_hears_what_is_its_own(window: Visitor, wire: Wire, ada: Person) -> None:
    post = making.post(ada, "Who saw it?")
    home = connected(window, window.page)
    thread = connected(window, window.tab(), f"/posts/{post.pk}")
    assert len(wire.open(WEBSOCKET)) == 1
    making.comment(ada, post, "I did.")
    expect(pill(thread)).to_contain_text("1 new comment")
    making.post(ada, "And something else.")
    expect(pill(home)).to_contain_text("1 new post")
    home.close()
    making.comment(ada, post, "From the pier.")
    expect(pill(thread)).to_contain_text("2 new comments")
    assert len(wire.open(WEBSOCKET)) == 1


def test_a_frozen_tab_keeps_nobody_waiting(window: Visitor, ada: Person) -> None:
    frozen, other = connected(window, window.page), connected(window, window.tab())
    browser = window.context.new_cdp_session(frozen)
    browser.send("Page.setWebLifecycleState", {"state": "frozen"})
    making.post(ada, "While one sleeps.")
    expect(pill(other)).to_contain_text("1 new post")
    browser.send("Page.setWebLifecycleState", {"state": "active"})
    expect(pill(frozen)).to_contain_text("1 new post")


def test_many_tabs_are_within_what_a_socket_may_ask(window: Visitor, wire: Wire) -> None:
    """Of more pages than a socket carries, those are told that were looked at last."""
    page = connected(window, window.page, "/about")
    page.evaluate("""async () => {
      const { join } = await import(document.querySelector("main").dataset.live);
      window.ready = new Set();
      for (let tab = 0; tab < 30; tab++) {
        const { port1, port2 } = new MessageChannel();
        const watch = () => port1.postMessage({type: "watch", place: "nothing", since: "0", threads: []});
        port1.onmessage = ({ data: { type, since } }) => type === "open" ? watch() : since && ready.add(tab);
        join(port2);
        watch();
      }
    }""")
    newest = "Array.from({length: 20}, (_, i) => 29 - i)"
    wait_until(lambda: page.evaluate(f"{newest}.every((tab) => ready.has(tab))"), "all of those are told")
    assert len(wire.open(WEBSOCKET)) == 2  # the tab's own, and that of the thirty


def test_where_websockets_are_blocked_frames_come_as_events(window: Visitor, wire: Wire, ada: Person) -> None:
    wire.blocked = (WEBSOCKET,)
    page = connected(window, window.page)
    assert wire.open(EVENTS)
    making.post(ada, "By events.")
    expect(pill(page)).to_contain_text("1 new post")

    wire.blocked = ()
    page.evaluate(COMES_ONLINE)
    wait_until(lambda: wire.open(WEBSOCKET) and not wire.open(EVENTS), "there is a websocket instead")
    making.post(ada, "By websocket.")
    expect(pill(page)).to_contain_text("2 new posts")


def test_where_both_are_blocked_the_page_asks(window: Visitor, alone: Page, wire: Wire, ada: Person) -> None:
    wire.blocked = (WEBSOCKET, EVENTS)
    alone.goto("/")
    hasten(alone, lambda: window.is_live(alone), "the first question is answered")
    making.post(ada, "When asked.")
    hasten(alone, pill(alone).is_visible, "another one brings the post")
    assert not wire.open(WEBSOCKET)

    wire.blocked = ()
    hasten(alone, lambda: bool(wire.open(WEBSOCKET)), "a websocket is tried every ten minutes")
    making.post(ada, "At once.")
    expect(pill(alone)).to_contain_text("2 new posts")


def test_what_was_said_while_offline_is_there_once_and_in_order(
    window: Visitor, wire: Wire, ada: Person
) -> None:
    page = connected(window, window.page)
    wire.cut()
    expect(page.get_by_text("Not live. Trying again.")).to_be_visible()
    said = [making.post(ada, f"Said while Ben was away: {number}.") for number in range(30)]
    wire.mend()
    page.evaluate(COMES_ONLINE)
    expect(page.get_by_text("Live again.")).to_be_visible()
    expect(page.get_by_text("Not live. Trying again.")).to_be_hidden()
    expect(pill(page)).to_contain_text("30 new posts")
    expect(page.get_by_text("Live again.")).to_be_hidden()

    wait_until(lambda: not Delivery.objects.exists(), "all is delivered", PATIENCE)
    pill(page).click()
    expect(card(page, said[-1])).to_be_visible()
    shown = articles(page)
    page.get_by_role("link", name="Older posts").click()
    expect(card(page, said[0])).to_be_visible()
    shown += articles(page)
    assert shown[:30] == [f"p{post.pk}" for post in reversed(said)]
    assert len(shown) == len(set(shown))


def test_a_blink_of_the_network_is_not_told(window: Visitor, alone: Page, wire: Wire) -> None:
    page = connected(window, alone)
    sign = page.get_by_text("Not live. Trying again.")
    wire.cut()
    wait_until(lambda: not wire.open(WEBSOCKET), "the socket is gone")
    page.clock.run_for(1500)
    expect(sign).to_be_hidden()
    hasten(page, sign.is_visible, "two seconds are over")


def test_who_wakes_finds_out_that_a_connection_is_only_half_there(
    window: Visitor, alone: Page, wire: Wire, ada: Person
) -> None:
    page = connected(window, alone)
    wire.deafen()
    making.post(ada, "Into a dead line.")
    page.clock.fast_forward(31_000)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    hasten(page, pill(page).is_visible, "a new line brings what the old one did not")


def test_what_other_scripts_have_to_say_is_sent(window: Visitor, alone: Page) -> None:
    sent: list[str] = []
    alone.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))))
    page = connected(window, alone)
    page.evaluate("document.dispatchEvent(new CustomEvent('say', {detail: {type: 'writing'}}))")
    hasten(page, lambda: '{"v":1,"page":"0","type":"writing"}' in sent, "it is said for this page")


def test_what_was_read_on_another_device_waits_no_longer(window: Visitor, ada: Person) -> None:
    page = connected(window, window.page)
    first, second = making.post(ada, "Read elsewhere."), making.post(ada, "Not yet.")
    expect(pill(page)).to_contain_text("2 new posts")
    for upto, left in ((first, "1 new post"), (second, "")):
        read = {"type": "read", "place": "home", "upto": str(upto.pk)}
        page.evaluate("detail => document.dispatchEvent(new CustomEvent('live', {detail}))", read)
        expect(page.locator("[data-live-pill] span")).to_have_text(left)
    expect(pill(page)).to_be_hidden()


def articles(page: Page) -> list[str]:
    return [str(article.get_attribute("id")) for article in page.locator("[data-live-feed] > article").all()]
