"""What every page knows."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from network import ids
from network.queries.messages import number_unread

# How the names of addresses begin, and the part of the place, as the rail has it, that they belong to.
SECTIONS = {
    "home": "home",
    "list": "home",
    "explore": "explore",
    "compose": "write",
    "group": "groups",
    "notices": "notices",
    "digest": "notices",
    "messages": "messages",
    "saved": "saved",
    "you": "you",
    "settings": "settings",
    "account": "settings",
    "mfa": "settings",
    "usersessions": "settings",
}


def page(request: HttpRequest) -> dict[str, Any]:
    """Who looks, where in the place, and how it is called. What pages count, they ask for: a query then."""
    person = getattr(request, "person", None)
    return {
        "person": person,
        "unread_messages": cache(lambda: number_unread(person)) if person is not None else 0,
        "nav": section(request),
        # Not the newest of what is shown: on a quiet page that is long ago, and much came since.
        "live_since": ids.now(),
        "site_name": "Kith",
        "public_url": settings.PUBLIC_URL,
        "mails": bool(settings.EMAIL_URL),
    }


def section(request: HttpRequest) -> str:
    """The part of the place that is marked as where one is; none for pages outside of them."""
    match = request.resolver_match
    name = (match.url_name if match else None) or ""
    return next((section for start, section in SECTIONS.items() if name.startswith(start)), "")
