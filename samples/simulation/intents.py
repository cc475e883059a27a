"""A random sequence of intents that depends only on a seed.

An intent has no ids. `World` finds the rows when it runs an intent: `actor`, `other` and `pick` are positions
from 0 to 1 in lists of people and of things. Low positions are far more frequent.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

# Of a thousand acts. Most of what is written are comments.
SHARES = {
    "comment": 330,
    "like": 200,
    "post": 170,
    "follow": 70,
    "reshare": 60,
    "follow_topic": 30,
    "edit": 30,
    "vote": 25,
    "join": 20,
    "unfollow": 15,
    "delete": 12,
    "leave": 10,
    "mute": 8,
    "block": 6,
    "unblock": 4,
    "found": 2,
    "unlike": 5,
    "undo_reshare": 3,
}
# Exponents of the positions: with 3, half of all acts fall on the first eighth of a list.
PEOPLE_TAIL, THINGS_TAIL = 3, 2

TOPICS = """
rivers tides soil bread proof statistics maps music languages poetry joinery stars seeds bridges looms bees
fractions dyes clocks insulation
""".split()  # noqa: SIM905
OPENINGS = ("I measured", "We tried", "Who else has seen", "My class drew", "I was wrong about", "Here is")
THINGS = (
    "twelve limpets on one rock",
    "a loaf that would not rise",
    "two curves that should have been one",
    "the sound of a bell at half past six",
    "forty grafts in March",
    "a footbridge that answers to steps",
    "the word that has no pair",
)
ENDINGS = (
    "and the numbers do not agree.",
    "twice, with the same result.",
    "and I cannot say why.",
    "before the rain, and again after it.",
    "and would do it otherwise today.",
)


@dataclass(frozen=True)
class Intent:
    kind: str
    actor: float
    other: float
    pick: float
    words: str
    topic: str


def intents(seed: int) -> Iterator[Intent]:
    """Yield intents without end; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311
    kinds, limits = list(SHARES), list(accumulate(SHARES.values()))
    while True:
        yield Intent(
            kind=chance.choices(kinds, cum_weights=limits)[0],
            actor=chance.random() ** PEOPLE_TAIL,
            other=chance.random() ** PEOPLE_TAIL,
            pick=chance.random() ** THINGS_TAIL,
            words=" ".join(chance.choice(words) for words in (OPENINGS, THINGS, ENDINGS)),
            topic=TOPICS[int(len(TOPICS) * chance.random() ** THINGS_TAIL)],
        )
