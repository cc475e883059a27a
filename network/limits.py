"""Rate limits: how often a person or an address may write or guess.

Uses are counted in the cache by fixed windows. settings.LIMITS: name -> (times, seconds).
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
    """Decorate a view: each POST counts, and raises TooMany past the limit of that name."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST":
                ensure_within(name, request)
            return view(request, *args, **kwargs)

        return wrapper

    return decorate


def ensure_within(name: str, request: HttpRequest) -> None:
    """Count one use by the sender of a request. Raises TooMany past the limit."""
    count(name, _sender(request))


def count(name: str, who: str) -> None:
    """Count one use by `who`, any text that names a person, an address or an account.

    Raises TooMany past the limit.
    """
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
    """Take back one counted use."""
    _times, seconds = settings.LIMITS[name]
    _increase(_key(name, who), seconds, by=-1)


def address(request: HttpRequest) -> str:
    """Return the network address of the client; for IPv6 its /64, which is one household."""
    ip = ipaddress.ip_address(get_adapter().get_client_ip(request))
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ipaddress.ip_network((ip, 64), strict=False) if ip.version == 6 else ip)


def _key(name: str, who: str) -> str:
    window = int(time.time() // settings.LIMITS[name][1])
    # Hashed, because it may be long, and private text does not belong in a cache.
    return f"limit:{name}:{hashlib.sha256(who.encode()).hexdigest()}:{window}"


def _increase(key: str, seconds: int, by: int = 1) -> int:
    cache.add(key, 0, timeout=seconds)
    try:
        return int(cache.incr(key, by))
    except ValueError:  # the window closed between the two
        return by


def _sender(request: HttpRequest) -> str:
    person = getattr(request, "person", None)
    return f"person:{person.pk}" if person is not None else f"address:{address(request)}"
