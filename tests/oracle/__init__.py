"""The expected behaviour of Kith, implemented slowly and simply, without any code of Kith but its models.

A World holds all rows of the database. Each rule is a function over these Python objects. The rules are written from
the rules of the product, not from the queries.
"""

from tests.oracle.counters import counters
from tests.oracle.feeds import Entry, entries, feed, home, pending, person_page, reasons, topic_page
from tests.oracle.folding import folded_pages
from tests.oracle.lists import discussions, messages, thread, tombstones
from tests.oracle.rights import may_comment, may_read, may_see_group, may_see_person, not_muted, readable
from tests.oracle.world import World

__all__ = [
    "Entry",
    "World",
    "counters",
    "discussions",
    "entries",
    "feed",
    "folded_pages",
    "home",
    "may_comment",
    "may_read",
    "may_see_group",
    "may_see_person",
    "messages",
    "not_muted",
    "pending",
    "person_page",
    "readable",
    "reasons",
    "thread",
    "tombstones",
    "topic_page",
]
