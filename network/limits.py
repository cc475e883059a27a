"""How often one may write, or guess: far more than anyone needs, far less than a script would like.

Counted in the cache by fixed windows, from settings.LIMITS: name -> (times, seconds).
"""

from __future__ import annotations

import hashlib
import ipaddress
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
    count(name, _who(request))


def count(name: str, who: str) -> None:
    """Count one use by `who`. Raises TooMany past the limit."""
    times, seconds = settings.LIMITS[name]
    if _increase(_key(name, who), seconds) > times:
        minutes = max(1, round((seconds - time.time() % seconds) / 60))
        raise TooMany(
            ngettext(
                "That was a lot in a short time. Wait a minute, then go on.",
                "That was a lot in a short time. Wait %(minutes)d minutes, then go on.",
                minutes,
            )
            % {"minutes": minutes}
        )


def discount(name: str, who: str) -> None:
    """Take back one use that was counted."""
    _times, seconds = settings.LIMITS[name]
    _increase(_key(name, who), seconds, by=-1)


def address(request: HttpRequest) -> str:
    """The network address that a request comes from; of IPv6 the /64, all of which one household has."""
    ip = ipaddress.ip_address(get_adapter().get_client_ip(request))
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ipaddress.ip_network((ip, 64), strict=False) if ip.version == 6 else ip)


def _key(name: str, who: str) -> str:
    window = int(time.time() // settings.LIMITS[name][1])
    # Hashed, for what people typed may be long, and is nobody's business in a cache.
    return f"limit:{name}:{hashlib.sha256(who.encode()).hexdigest()}:{window}"


def _increase(key: str, seconds: int, by: int = 1) -> int:
    cache.add(key, 0, timeout=seconds)
    try:
        return int(cache.incr(key, by))
    except ValueError:  # the window closed between the two
        return by


def _who(request: HttpRequest) -> str:
    person = getattr(request, "person", None)
    return f"person:{person.pk}" if person is not None else f"address:{address(request)}"
