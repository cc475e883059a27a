"""Whether this server is open, and who may decide it."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, Q, QuerySet

from network.models import Person, Site
from network.queries.compiled import fetch


def is_open() -> bool:
    """Whether people who are signed out may read what is public. One query."""
    return not fetch(_closed)


def while_open() -> Q:
    """A condition of any queryset: the server is open."""
    return Q(~Exists(Site.objects.filter(is_open=False)))


def is_administrator(person: Person | None) -> bool:
    """Whether a person decides about the server as a whole. No query for the person who is signed in."""
    user = person.user if person is not None else None
    return user is not None and user.is_active and user.is_superuser


def _closed() -> QuerySet[Site, Any]:
    return Site.objects.filter(is_open=False).values_list("pk")
