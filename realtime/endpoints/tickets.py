"""Tickets: what another client shows at `/live` in the place of a cookie and an origin. Each lets in once.

A ticket stands for the session that asked for it, and what it opened ends with that session.
"""

from __future__ import annotations

import secrets

from realtime.announcing import publisher

LASTS = 60  # seconds


def issue(session: str) -> str:
    """A ticket for a session. Raises RedisError."""
    ticket = secrets.token_urlsafe(24)
    publisher.client().set(_name(ticket), session, ex=LASTS)
    return ticket


def redeem(ticket: str) -> str:
    """The session that a ticket stands for, which is used up by this; "" where it stands for none."""
    session = publisher.client().getdel(_name(ticket))
    return session.decode() if isinstance(session, bytes) else ""


def _name(ticket: str) -> str:
    return f"kith:ticket:{ticket[:64]}"
