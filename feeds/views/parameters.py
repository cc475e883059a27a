"""What the pages of feeds ask of a request."""

from __future__ import annotations

from django.http import HttpRequest

from feeds.cursors import Cursor
from network.models import Person


def viewer(request: HttpRequest) -> Person | None:
    """Who looks; None for somebody signed out."""
    person: Person | None = request.person  # type: ignore[attr-defined]
    return person


def older(request: HttpRequest) -> Cursor | None:
    """The place in a feed that the address names; None for its beginning. Raises Invalid."""
    raw = request.GET.get("older")
    return None if raw is None else Cursor.parse(raw)
