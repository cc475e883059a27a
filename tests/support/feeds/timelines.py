"""Timelines of homes, built and read without a page."""

from __future__ import annotations

from feeds.timelines import store
from feeds.timelines.store import Timeline
from network.models import Person
from tests.support import factories


def build_empty(person: Person) -> None:
    """Give a person an empty timeline, to which deliveries are pushed."""
    lock = store.begin_rebuild(person.pk)
    assert lock is not None
    assert store.finish_rebuild(person.pk, lock, Timeline([], 0), factories.fresh(person).generation)


def stored(person: Person) -> list[int]:
    """The ids in a person's timeline."""
    found = store.read(person.pk, factories.fresh(person).generation)
    assert found is not None
    return list(found.ids)
