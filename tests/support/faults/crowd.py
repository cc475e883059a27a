"""A small load: people who write and read by pages only, and the answers that they get."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from threading import Event, Thread
from urllib.error import HTTPError

from tests.support.faults.people import CARD, Someone
from tests.support.waiting import wait_until

PACE = 0.7  # seconds between two posts of a writer, and between two reads of home
PATIENCE = 60  # seconds until all homes are right; the sweeper runs every 15 seconds
WRITERS = ("wanda", "will")
# Readers, and whom they follow. Oskar's home has only his own posts.
READERS = {"rosa": ("wanda", "will"), "rick": ("will",), "oskar": ()}
OLDER = re.compile(r'href="\?(older=[^"]+)" rel="next"')


class Crowd:
    """The people, their acknowledged posts, and the count of each answer."""

    def __init__(self, address: str) -> None:
        self.people = {handle: Someone(address, handle).sign_up() for handle in (*WRITERS, *READERS)}
        for reader, writers in READERS.items():
            for writer in writers:
                self.people[reader].follow(writer)
                self.people[reader].unfold(writer)
        self.acknowledged: dict[str, set[str]] = {handle: set() for handle in self.people}
        self.acknowledged["oskar"].add(self.people["oskar"].write("I keep to myself."))
        self.answers: Counter[str] = Counter()
        self.done: Counter[str] = Counter()
        self.refused: set[str] = set()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """During the block everybody writes and reads. Before and after it, everybody must succeed."""
        self.answers.clear()
        self.refused.clear()
        over = Event()
        acts = {handle: self.writing(handle) for handle in WRITERS}
        acts |= {handle: self.reading(handle) for handle in READERS}

        def go_on(handle: str) -> None:
            while not over.wait(PACE):
                if self.attempt(acts[handle]):
                    self.done[handle] += 1
                else:
                    self.refused.add(handle)

        threads = [Thread(target=go_on, args=(handle,)) for handle in acts]
        for thread in threads:
            thread.start()
        try:
            self.goes_on()
            yield
            self.goes_on()
        finally:
            over.set()
            for thread in threads:
                thread.join()

    def goes_on(self) -> None:
        """Wait until everybody has done one more act with success."""
        before = dict(self.done)
        for handle in self.people:
            wait_until(
                lambda handle=handle: self.done[handle] > before.get(handle, 0),  # type: ignore[misc]
                f"{handle} can go on",
                PATIENCE,
            )

    def is_told(self, answer: str) -> None:
        """Wait until a person gets this answer."""
        before = self.answers[answer]
        wait_until(
            lambda: self.answers[answer] > before, f"somebody gets: {answer}, not {self.answers}", PATIENCE
        )

    def writing(self, handle: str) -> Callable[[], object]:
        return lambda: self.acknowledged[handle].add(self.people[handle].write("As the day goes."))

    def reading(self, handle: str) -> Callable[[], object]:
        return lambda: self.people[handle].get("/")

    def attempt(self, act: Callable[[], object]) -> bool:
        """Do an act, and count its answer. Returns whether it was successful."""
        try:
            act()
        except HTTPError as error:
            plainly = "One moment, please." in error.read().decode()
            self.answers[f"{error.code}{' with a sentence' if plainly else ''}"] += 1
        except (OSError, HTTPException) as error:
            self.answers[f"no answer ({type(error).__name__})"] += 1
        else:
            self.answers["good"] += 1
            return True
        return False

    def wait_until_all_is_right(self) -> None:
        """Wait until each acknowledged post is once in all homes that should have it. Nobody may act."""
        stored = {handle: pages(self.people[handle], f"/people/{handle}") for handle in self.people}
        for handle, acknowledged in self.acknowledged.items():
            assert acknowledged <= set(stored[handle]), f"something that {handle} wrote is lost"
        for reader, writers in READERS.items():
            right = sorted(
                (id for handle in (reader, *writers) for id in stored[handle]), key=int, reverse=True
            )
            wait_until(
                lambda reader=reader, right=right: pages(self.people[reader], "/") == right,  # type: ignore[misc]
                f"{reader}'s home is right",
                PATIENCE,
            )


def pages(someone: Someone, path: str) -> list[str]:
    """The ids on all pages of a list, from the newest to the oldest."""
    found: list[str] = []
    query = ""
    while True:
        main = someone.get(path + query).partition("<main")[2]
        found += CARD.findall(main)
        older = OLDER.search(main)
        if older is None:
            return found
        query = f"?{older[1]}"
