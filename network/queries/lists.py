"""The lists of a person. The feeds read what is in them."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from network.errors import NotVisible
from network.models import Follow, List, Marker, Person


def of(person: Person | None) -> QuerySet[List]:
    """The lists of `person`, by name; none if signed out. All forms of a page share one query."""
    return List.objects.filter(owner=person).order_by("name", "pk")


def counted(person: Person) -> QuerySet[List]:
    """The lists of `person` with the number of streams in each, as `size`."""
    accepted = Q(follows__state=Follow.State.ACCEPTED)
    return of(person).annotate(size=Count("follows", filter=accepted))


def find(person: Person, list_id: int) -> List:
    """A list of `person`. Raises NotVisible for a list of somebody else."""
    found = List.objects.filter(owner=person, pk=list_id).first()
    if found is None:
        raise NotVisible
    return found


def read_id(person: Person, feed: int) -> int:
    """How far `person` has read a feed: their home (with their own id) or a list."""
    found = Marker.objects.filter(person=person, feed=feed).values_list("read_id", flat=True).first()
    return found or 0
