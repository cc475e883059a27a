"""What the pages of feeds read from a request."""

from __future__ import annotations

from django.http import HttpRequest

from feeds.cursors import Cursor
from network.models import Person


def viewer(request: HttpRequest) -> Person | None:
    """The person who is signed in, or None."""
    person: Person | None = request.person  # type: ignore[attr-defined]
    return person


def older(request: HttpRequest) -> Cursor | None:
    """The cursor in the parameter `older`, or None for the first page. Raises Invalid."""
    raw = request.GET.get("older")
    return None if raw is None else Cursor.parse(raw)
