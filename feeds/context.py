"""Context of every page: the number of new notifications."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest

from feeds.notifications import pages


def unread(request: HttpRequest) -> dict[str, Any]:
    """`unread`: how many lines of notifications are new. One query, if the template shows the number."""
    person = getattr(request, "person", None)
    return {"unread": cache(lambda: pages.unread(person)) if person is not None else 0}
