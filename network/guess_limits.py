"""Limits on guessing passwords and codes that do not lock the owner of an account out.

Method: OWASP, "Slow Down Online Guessing Attacks with Device Cookies". A device on which a user signed in has
a signed cookie and its own counter for that account. Guesses from unknown devices are counted by network
address, and all together for the account. A known device may still guess when unknown devices are refused.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from network import limits
from network.models import User

COOKIE = "device"
YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Device:
    """A browser in which `user` signed in before, or is signed in now."""

    name: str
    user: User


@dataclass(frozen=True)
class Guess:
    """A guess that was counted: (name of the limit, what it is counted for)."""

    counts: list[tuple[str, str]]

    def take_back(self) -> None:
        """Do not count this guess, because it was right."""
        for name, who in self.counts:
            limits.discount(name, who)


def count_guess(request: HttpRequest, account: str, device: Device | None) -> Guess:
    """Count a guess at the secret of an account, before the secret is checked.

    `account` names the account. `device` is a device of its owner, None for an unknown device.
    Raises TooMany past a limit.
    """
    if device is not None:
        counts = [("guess", f"{device.name} {account}")]
    else:
        address = limits.address(request)
        # The shared counter comes last, so a guess that is refused by address does not use it up.
        counts = [("guess", f"{address} {account}"), ("guesses", address), ("guesses_of_strangers", account)]
    for name, who in counts:
        limits.count(name, who)
    return Guess(counts)


def device_of(request: HttpRequest) -> Device | None:
    """Return the known device that sends a request, else None. One query where it has a cookie."""
    if request.user.is_authenticated:
        return Device(f"session {request.session.session_key}", request.user)
    cookie = request.get_signed_cookie(COOKIE, default="", salt=COOKIE, max_age=YEAR) or ""
    pk, _colon, name = cookie.partition(":")
    user = User.objects.filter(pk=pk).first() if pk else None
    return Device(name, user) if user else None


def remember(response: HttpResponse, user: User) -> None:
    """Set the cookie that makes this a known device of `user`."""
    response.set_signed_cookie(
        COOKIE,
        f"{user.pk}:{secrets.token_urlsafe(16)}",
        salt=COOKIE,
        max_age=YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
