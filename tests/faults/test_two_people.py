"""Two people with Kith open, and what they see while processes die and start again.

The tests use pages only as people do: no page is loaded again to see more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import redis
from playwright.sync_api import Browser, expect

from tests.commands.conftest import Running
from tests.support.browser.on_page import pill, text
from tests.support.faults.hurting import suspended
from tests.support.faults.pair import Pair

pytestmark = pytest.mark.browser

Start = Callable[..., Running]

AT_ONCE = 1000  # milliseconds from pressing Post to the other person's screen


@pytest.fixture
def pair(running: Running, port: int, chromium: Browser) -> Iterator[Pair]:
    made = Pair(f"http://127.0.0.1:{port}", chromium)
    yield made
    made.leave()


def milliseconds_to_the_other_screen(pair: Pair, words: str) -> int:
    pair.reading.evaluate("""new MutationObserver(() => window.seen ??= Date.now())
        .observe(document.querySelector('[data-live-pill]'), {attributes: true})""")
    pair.write(words)
    expect(pill(pair.reading)).to_be_visible()
    return int(pair.reading.evaluate("seen")) - int(pair.hers.page.evaluate("sessionStorage.sent"))


def test_a_post_arrives_at_once_and_after_faults_of_workers_and_redis(
    running: Running, pair: Pair, valkey: redis.Redis, record_property: Callable[[str, object], None]
) -> None:
    took = milliseconds_to_the_other_screen(pair, "The tide turned just now.")
    record_property("milliseconds to the other's screen", took)
    assert took < AT_ONCE
    pair.wait_until_ben_sees("The tide turned just now.")

    _first, *hands = running.parts("worker")
    with suspended(hands):
        pair.write("No worker finishes this.")
        for hand in hands:
            hand.kill()
    pair.wait_until_ben_sees("No worker finishes this.")
    pair.wait_until_homes_are_alike()

    valkey.flushall()
    pair.write("Written to a blank memory.")
    pair.wait_until_ben_sees("Written to a blank memory.")
    pair.wait_until_homes_are_alike()
    assert not pair.his.complaints


def test_an_open_page_catches_up_after_a_restart(running: Running, ready: Start, pair: Pair) -> None:
    [valkey], [server] = running.parts("valkey-server"), running.parts("realtime.server")
    with suspended([running.process]):  # it would stop the other processes at once
        valkey.kill()
        pair.write("Nobody could be told of this.")
        server.kill()
    assert running.process.wait(30) == 1
    expect(pair.reading.get_by_text("Not live. Trying again.")).to_be_visible()
    ready()
    pair.write("And we are back.")
    pair.wait_until_ben_sees("And we are back.")
    expect(text(pair.reading, "Nobody could be told of this.")).to_be_visible()
    pair.wait_until_homes_are_alike()
