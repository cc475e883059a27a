"""Template context of every page."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from network import ids
from network.queries.messages import number_unread
from network.release import release

# Prefix of a URL name -> the section of the navigation that it belongs to.
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
    "site": "settings",
    "account": "settings",
    "mfa": "settings",
    "usersessions": "settings",
}


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the person, the section and the site's settings.

    `unread_messages` is a callable: it costs a query only in the pages that show it.
    """
    person = getattr(request, "person", None)
    return {
        "person": person,
        "unread_messages": cache(lambda: number_unread(person)) if person is not None else 0,
        "nav": section(request),
        # Not the newest id that is shown: on a quiet page that may be long ago, and replay would start there.
        "live_since": ids.now(),
        "release": release(),
        "site_name": "Kith",
        "public_url": settings.PUBLIC_URL,
        "mails": bool(settings.EMAIL_URL),
    }


def section(request: HttpRequest) -> str:
    """Return the section of the navigation that is marked as current; empty for other pages."""
    match = request.resolver_match
    name = (match.url_name if match else None) or ""
    return next((section for start, section in SECTIONS.items() if name.startswith(start)), "")
