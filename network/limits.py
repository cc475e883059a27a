"""How often one person may write: far more than anyone needs, far less than a script would like.

Counted in the cache by fixed windows, from settings.LIMITS: name -> (times, seconds).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import ngettext

from network.errors import TooMany

View = Callable[..., HttpResponse]


def limited(name: str) -> Callable[[View], View]:
    """Makes a view refuse a person's POSTs past the limit of that name. Raises TooMany."""

    def decorate(view: View) -> View:
        @wraps(view)
        def count_first(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST":
                ensure_within(name, request)
            return view(request, *args, **kwargs)

        return count_first

    return decorate


def ensure_within(name: str, request: HttpRequest) -> None:
    """Count one use by whoever sends the request. Raises TooMany past the limit."""
    times, seconds = settings.LIMITS[name]
    window, passed = divmod(time.time(), seconds)
    used = _count(f"limit:{name}:{_who(request)}:{int(window)}", seconds)
    if used > times:
        minutes = max(1, round((seconds - passed) / 60))
        raise TooMany(
            ngettext(
                "That was a lot in a short time. Wait a minute, then go on.",
                "That was a lot in a short time. Wait %(minutes)d minutes, then go on.",
                minutes,
            )
            % {"minutes": minutes}
        )


def _count(key: str, seconds: int) -> int:
    cache.add(key, 0, timeout=seconds)
    try:
        return int(cache.incr(key))
    except ValueError:  # the window closed between the two
        return 1


def _who(request: HttpRequest) -> str:
    person = getattr(request, "person", None)
    return f"person:{person.pk}" if person is not None else f"address:{get_adapter().get_client_ip(request)}"
