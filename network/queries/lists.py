"""The lists of a person. The feeds read what is in them."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet

from network.errors import NotVisible
from network.models import Follow, List, Marker, Person
from network.queries.compiled import fetch
from network.queries.instances import Instances
from network.queries.parameters import PERSON, Parameter

LISTS = Instances(List)


def of(person_id: int) -> list[List]:
    """The lists of a person, by name. One query."""
    return LISTS.read(fetch(_of, person=person_id))


def _of() -> QuerySet[List, Any]:
    return LISTS.select(_owned_by(PERSON))


def _owned_by(person: Person | Parameter) -> QuerySet[List]:
    return List.objects.filter(owner=person).order_by("name", "pk")


def counted(person: Person) -> QuerySet[List]:
    """The lists of `person` with the number of streams in each, as `size`."""
    accepted = Q(follows__state=Follow.State.ACCEPTED)
    return _owned_by(person).annotate(size=Count("follows", filter=accepted))


def find(person: Person, list_id: int) -> List:
    """A list of `person`. Raises NotVisible for a list of somebody else."""
    found = List.objects.filter(owner=person, pk=list_id).first()
    if found is None:
        raise NotVisible
    return found


def marker(person: Person, feed: int) -> tuple[int, int]:
    """How far `person` has read a feed, their home (with their own id) or a list, and what it last showed.

    Both are ids of activities; 0 where the feed was never opened. One query.
    """
    found = fetch(_marker, person=person.pk, feed=feed)
    return (found[0][0], found[0][1]) if found else (0, 0)


def _marker() -> QuerySet[Marker, Any]:
    return Marker.objects.filter(person=PERSON, feed=Parameter("feed")).values_list("read_id", "shown_id")
