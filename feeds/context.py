"""What every page says of the reader's notices."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest

from feeds.notifications import grouping


def unread(request: HttpRequest) -> dict[str, Any]:
    """How many notices are new: one query, and only where the template shows the number."""
    person = getattr(request, "person", None)
    return {"unread": cache(lambda: grouping.unread(person)) if person is not None else 0}
