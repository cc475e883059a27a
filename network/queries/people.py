"""Finding people through the person who looks."""

from __future__ import annotations

from django.db.models import QuerySet

from network import text
from network.errors import NotVisible
from network.models import FormerHandle, Person
from network.queries.rights import blocked_with


def visible_to(viewer: Person | None) -> QuerySet[Person]:
    """Everybody with whom `viewer` has no block."""
    people = Person.objects.all()
    return people if viewer is None else people.exclude(pk__in=blocked_with(viewer))


def find(viewer: Person | None, person_id: int) -> Person:
    """A person whom `viewer` may see. Raises NotVisible."""
    person = visible_to(viewer).filter(pk=person_id).first()
    if person is None:
        raise NotVisible
    return person


def find_by_handle(viewer: Person | None, handle: str) -> Person:
    """A local person by handle or former handle. Raises NotVisible. Two queries at most."""
    found = visible_to(viewer).filter(handle=handle, domain="").select_related("stream").first()
    if found is None:
        former = FormerHandle.objects.filter(handle=handle).first()
        if former is None:
            raise NotVisible
        return find(viewer, former.person_id)
    return found


def username_of(login: str) -> str:
    """The username that a handle, @handle or former handle signs in; a mail address as it is. One query."""
    handle = text.fold(login).removeprefix("@")
    if "@" in handle:
        return login
    former = FormerHandle.objects.filter(handle=handle, person__user__isnull=False)
    return former.values_list("person__user__username", flat=True).first() or handle
