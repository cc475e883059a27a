"""Two people at browsers. One follows the other, and has a page open all the time."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.support.browser.on_page import pill, text
from tests.support.browser.visitor import Visitor
from tests.support.faults.people import Someone
from tests.support.waiting import wait_until

PATIENCE = 60  # seconds; a page tries again after 30 at the latest


class Pair:
    """Ada writes. Ben follows her, and has his home open all the time."""

    def __init__(self, url: str, browser: Browser) -> None:
        self.ada, self.ben = Someone(url, "ada").sign_up(), Someone(url, "ben").sign_up()
        self.ben.follow("ada")
        self.ada.write("What came before.")
        self.hers, self.his = Visitor(url, browser), Visitor(url, browser)
        self.hers.resume(self.ada.session)
        self.his.resume(self.ben.session)
        self.reading = self.his.connected(self.his.open("home"))
        self.loaded = self.reading.evaluate("performance.timeOrigin")

    def write(self, words: str) -> None:
        """Ada writes in her home and presses Post. Returns when her page shows the post."""
        page = self.hers.open("home")
        page.locator("#say-text").fill(words)
        page.evaluate("document.addEventListener('submit', () => sessionStorage.sent = Date.now())")
        page.locator("form.composer").get_by_role("button", name="Post to everyone").click()
        expect(text(page, words)).to_be_visible()

    def wait_until_ben_sees(self, words: str) -> None:
        """Ben presses the button for new posts. His page must be the one that was opened at the start."""
        expect(pill(self.reading)).to_be_visible(timeout=PATIENCE * 1000)
        pill(self.reading).click()
        expect(text(self.reading, words)).to_be_visible()
        assert self.reading.evaluate("performance.timeOrigin") == self.loaded, "the page was loaded again"

    def wait_until_homes_are_alike(self) -> None:
        """Wait until Ben's home, loaded again, has all of Ada's posts in order."""
        written = self.ada.home()
        wait_until(lambda: self.ben.home() == written, "Ben's home holds all that Ada wrote", PATIENCE)

    def leave(self) -> None:
        self.hers.leave()
        self.his.leave()
