"""Pages: each thread once, and later pages stay the same while others post."""

from __future__ import annotations

import pytest

from feeds.cursors import Cursor
from feeds.reading import home
from feeds.reading.paging import PAGE
from network.errors import Invalid
from network.models import Person
from tests.support import factories
from tests.support.feeds.delivering import deliver_all


def walk(person: Person, between=lambda: None) -> list[list[int]]:
    """The threads on each page of a home. `between` is called after each page but the last."""
    pages, cursor = [], None
    while True:
        found = home.slots(factories.fresh(person), cursor)
        pages.append([entry.thread for entry in found.entries])
        if found.older is None:
            return pages
        cursor = found.older
        between()


def test_pages_have_no_gaps_and_no_duplicates(ada: Person, ben: Person):
    factories.follow(ben, ada)
    threads = [factories.post(ada, f"Tide {number}").pk for number in range(2 * PAGE + 5)]
    deliver_all()
    pages = walk(ben)
    assert [len(page) for page in pages] == [PAGE, PAGE, 5]
    assert [thread for page in pages for thread in page] == threads[::-1]


def test_a_thread_with_a_new_entry_meanwhile_is_shown_once(ada: Person, ben: Person):
    factories.follow(ben, ada)
    posts = [factories.post(ada, f"Tide {number}") for number in range(PAGE + 5)]

    def bump() -> None:
        factories.comment(ada, posts[0])
        deliver_all()

    deliver_all()
    pages = walk(ben, bump)
    assert [thread for page in pages for thread in page] == [post.pk for post in posts[::-1]]
    assert walk(ben)[0][0] == posts[0].pk, "a new first page begins with it"


def test_a_thread_that_fills_several_slices_is_one_card(ada: Person, ben: Person):
    factories.follow(ben, ada)
    first = factories.post(ada, "First")
    thread = factories.post(ada, "Second")
    for number in range(12):
        factories.comment(ada, thread, f"And {number}")
    deliver_all()
    found = home.slots(factories.fresh(ben), size=2)
    assert [entry.thread for entry in found.entries] == [thread.pk, first.pk]


@pytest.mark.parametrize(
    "raw", ["", "x", "1", "1.", ".1", "2.1", "-1.5", "1.99999999999999999", "１.２", "1.2.3"]
)
def test_a_malformed_cursor_is_refused(raw: str):
    with pytest.raises(Invalid):
        Cursor.parse(raw)


def test_a_cursor_is_parsed_from_its_text():
    assert Cursor.parse(str(Cursor(5, 9))) == Cursor(5, 9)
