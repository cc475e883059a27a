"""Finding people through the person who looks."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from network import text
from network.errors import NotVisible
from network.models import FormerHandle, Person, User
from network.queries.rights import blocked_with
from network.text import likeness


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


LONGEST_LOGIN = 254  # characters; an address of mail has no more


def username_of(login: str) -> str:
    """The username that a handle, @handle or former handle signs in; a mail address as it is. One query."""
    if len(login) > LONGEST_LOGIN:  # no name is so long, and to fold it would keep the process busy
        return login
    handle = text.fold(login).removeprefix("@")
    if "@" in handle:
        return login
    former = FormerHandle.objects.filter(handle=handle, person__user__isnull=False)
    return former.values_list("person__user__username", flat=True).first() or handle


def had_handle(person: Person, handle: str) -> bool:
    """Whether a handle is or was this person's."""
    return person.handle == handle or FormerHandle.objects.filter(person=person, handle=handle).exists()


def looks_like_another(handle: str, owner: Person | None = None) -> bool:
    """Whether a handle looks like one that is or was another's, or an administrator's. Three queries."""
    skeleton = likeness.skeleton(handle)
    alike = Q(handle=handle) | Q(skeleton=skeleton)
    people, formers = Person.objects.filter(alike, domain=""), FormerHandle.objects.filter(alike)
    if owner is not None:
        people, formers = people.exclude(pk=owner.pk), formers.exclude(person=owner)
    names = staff().filter(person=None).values_list("username", flat=True)
    return people.exists() or formers.exists() or skeleton in map(likeness.skeleton, names)


def names_of_staff() -> Iterable[str]:
    """How those who look after the place are called, where others see them."""
    return staff().exclude(person=None).values_list("person__name", flat=True)


def staff() -> QuerySet[User]:
    """The few who look after the place."""
    return User.objects.filter(Q(is_staff=True) | Q(is_superuser=True), is_active=True)
