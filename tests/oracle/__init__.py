"""What Kith must answer, by slow and obvious lines that share no code with what they judge.

Rows are read plainly, all of them, into a World; every rule is then a sentence over Python objects, written
from the rules of the house and not from the queries.
"""

from tests.oracle.counters import counters
from tests.oracle.feeds import Entry, entries, feed, home, pending, person_page, reasons, topic_page
from tests.oracle.folding import folded_pages
from tests.oracle.lists import discussions, messages, thread, tombstones
from tests.oracle.rights import may_read, may_see_group, not_muted, readable
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
    "may_read",
    "may_see_group",
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
