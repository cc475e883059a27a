"""Tickets: other clients open a websocket by one instead of a cookie and an origin. Each is valid once.

A ticket stands for the session that asked for it. The websocket that it opens ends with that session.
"""

from __future__ import annotations

import secrets

from realtime.announcing import publisher

VALID_FOR = 60  # seconds


def issue(session: str) -> str:
    """A ticket for a session. Raises RedisError."""
    ticket = secrets.token_urlsafe(24)
    publisher.client().set(_name(ticket), session, ex=VALID_FOR)
    return ticket


def redeem(ticket: str) -> str:
    """Use a ticket up; its session, or "" if it is not valid."""
    session = publisher.client().getdel(_name(ticket))
    return session.decode() if isinstance(session, bytes) else ""


def _name(ticket: str) -> str:
    return f"kith:ticket:{ticket[:64]}"
