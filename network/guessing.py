"""How often passwords and codes may be guessed: counted by who guesses, so that nobody locks others out.

A device on which somebody signed in has a signed cookie, and a count of its own for their account. All others
are strangers, who are counted by their address, and together. Devices pass where strangers are refused:
OWASP, "Slow Down Online Guessing Attacks with Device Cookies".
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
    """What somebody signed in on before, or is signed in on now."""

    name: str
    user: User


@dataclass(frozen=True)
class Guess:
    """A guess that was counted; one that was right is taken back."""

    counts: list[tuple[str, str]]

    def was_right(self) -> None:
        for name, who in self.counts:
            limits.discount(name, who)


def guess(request: HttpRequest, account: str, device: Device | None) -> Guess:
    """Count a guess at the secret of an account before it is made. Raises TooMany past a limit.

    `account` is any name of it, `device` one of its owner's, None for all others.
    """
    if device is not None:
        counts = [("guess", f"{device.name} {account}")]
    else:
        place = limits.address(request)
        # Strangers together come last: what was refused to one of them is not held against the others.
        counts = [("guess", f"{place} {account}"), ("guesses", place), ("guesses_of_strangers", account)]
    for name, who in counts:
        limits.count(name, who)
    return Guess(counts)


def device_of(request: HttpRequest) -> Device | None:
    """The device that sends a request, if somebody signed in on it. One query where there is a cookie."""
    if request.user.is_authenticated:
        return Device(f"session {request.session.session_key}", request.user)
    cookie = request.get_signed_cookie(COOKIE, default="", salt=COOKIE, max_age=YEAR) or ""
    pk, _colon, name = cookie.partition(":")
    user = User.objects.filter(pk=pk).first() if pk else None
    return Device(name, user) if user else None


def remember(response: HttpResponse, user: User) -> None:
    """Make this device one of `user`'s."""
    response.set_signed_cookie(
        COOKIE,
        f"{user.pk}:{secrets.token_urlsafe(16)}",
        salt=COOKIE,
        max_age=YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
