"""Suggestions for an empty home: topics and people to follow, and recent public posts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from network.models import Person
from network.queries import finding, following
from network.queries.following import Line
from network.queries.showing import Card

TOPICS = 3
PEOPLE = 1
MEANWHILE = 5


@dataclass(frozen=True)
class Steps:
    """What to follow first, how much the person follows already, and recent posts that anyone may read."""

    topics: Sequence[Line]
    people: Sequence[Line]
    topics_followed: int
    people_followed: int
    meanwhile: Sequence[Card]

    @property
    def has_topics(self) -> bool:
        return self.topics_followed >= TOPICS

    @property
    def has_people(self) -> bool:
        return self.people_followed >= PEOPLE


def steps(person: Person) -> Steps:
    """The first steps for a new person. Eleven queries at most."""
    numbers = following.numbers(person)
    return Steps(
        topics=finding.topics_to_find(person, size=TOPICS).rows,
        people=finding.people_to_find(person, size=PEOPLE).rows,
        topics_followed=numbers.get("topic", 0),
        people_followed=numbers.get("person", 0),
        meanwhile=finding.threads_to_find(person, size=MEANWHILE).rows,
    )
