"""People that a viewer may see, and their handles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from network import text
from network.errors import NotVisible
from network.models import FormerHandle, Person, User
from network.queries import site
from network.queries.rights import blocked_with
from network.text import likeness


def visible_to(viewer: Person | None) -> QuerySet[Person]:
    """People without a block between them and `viewer`; for None, everybody on an open server."""
    if viewer is None:
        return Person.objects.filter(site.while_open())
    return Person.objects.exclude(pk__in=blocked_with(viewer))


def find(viewer: Person | None, person_id: int) -> Person:
    """A person that `viewer` may see. Raises NotVisible."""
    person = visible_to(viewer).filter(pk=person_id).first()
    if person is None:
        raise NotVisible
    return person


def find_by_handle(viewer: Person | None, handle: str) -> Person:
    """The person of one handle, as `by_handles`. Raises NotVisible. Two queries at most."""
    found = by_handles(viewer, [handle]).get(handle)
    if found is None:
        raise NotVisible
    return found


def by_handles(viewer: Person | None, handles: Iterable[str]) -> dict[str, Person]:
    """People that `viewer` may see, with their streams, by the handles that were asked for.

    "ada" is a present or former handle of this site, "ada@example.org" one of another site. Two queries at
    most.
    """
    wanted = set(handles)
    if not wanted:
        return {}
    by_domain: defaultdict[str, list[str]] = defaultdict(list)
    for handle in wanted:
        local, _at, domain = handle.partition("@")
        by_domain[domain].append(local)
    named = [Q(domain=domain, handle__in=names) for domain, names in by_domain.items()]
    visible = visible_to(viewer).select_related("stream").filter(reduce(or_, named))
    found = {_with_domain(person): person for person in visible}
    missing = wanted - found.keys()
    if missing:
        formers = FormerHandle.objects.filter(handle__in=missing, person__in=visible_to(viewer))
        found |= {former.handle: former.person for former in formers.select_related("person__stream")}
    return found


def _with_domain(person: Person) -> str:
    return f"{person.handle}@{person.domain}" if person.domain else person.handle


LONGEST_LOGIN = 254  # characters; no mail address is longer


def username_of(login: str) -> str:
    """The username for a login: a handle, @handle, former handle or mail address. One query at most."""
    if len(login) > LONGEST_LOGIN:  # no name is that long, and folding it would take too much CPU
        return login
    handle = text.fold(login).removeprefix("@")
    if "@" in handle:
        return login
    former = FormerHandle.objects.filter(handle=handle, person__user__isnull=False)
    return former.values_list("person__user__username", flat=True).first() or handle


def had_handle(person: Person, handle: str) -> bool:
    """Whether this person has the handle or had it before."""
    return person.handle == handle or FormerHandle.objects.filter(person=person, handle=handle).exists()


def looks_like_another(handle: str, owner: Person | None = None) -> bool:
    """Whether a handle looks like a present or former one of another person, or an administrator's.

    Three queries.
    """
    skeleton = likeness.skeleton(handle)
    alike = Q(handle=handle) | Q(skeleton=skeleton)
    people, formers = Person.objects.filter(alike, domain=""), FormerHandle.objects.filter(alike)
    if owner is not None:
        people, formers = people.exclude(pk=owner.pk), formers.exclude(person=owner)
    names = staff().filter(person=None).values_list("username", flat=True)
    return people.exists() or formers.exists() or skeleton in map(likeness.skeleton, names)


def names_of_staff() -> Iterable[str]:
    """The display names of the staff."""
    return staff().exclude(person=None).values_list("person__name", flat=True)


def staff() -> QuerySet[User]:
    """The staff of the site: a few users."""
    return User.objects.filter(Q(is_staff=True) | Q(is_superuser=True), is_active=True)
