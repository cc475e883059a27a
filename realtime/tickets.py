"""Tickets: what another client shows at `/live` in the place of a cookie and an origin. Each lets in once.

A ticket stands for the session that asked for it, and what it opened ends with that session.
"""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import parse_qs

from channels.auth import AuthMiddleware, AuthMiddlewareStack
from channels.db import database_sync_to_async
from channels.security.websocket import AllowedHostsOriginValidator
from channels.sessions import SessionMiddleware
from django.conf import settings

from realtime import announce

LASTS = 60  # seconds


def issue(session: str) -> str:
    """A ticket for a session. Raises RedisError."""
    ticket = secrets.token_urlsafe(24)
    announce.client().set(_name(ticket), session, ex=LASTS)
    return ticket


def redeem(ticket: str) -> str:
    """The session that a ticket stands for, which is used up by this; "" where it stands for none."""
    session = announce.client().getdel(_name(ticket))
    return session.decode() if isinstance(session, bytes) else ""


def _name(ticket: str) -> str:
    return f"kith:ticket:{ticket[:64]}"


class Door:
    """Lets websockets in: from pages of this server with their cookies, from elsewhere with a ticket."""

    def __init__(self, inside: Any) -> None:
        self.with_cookies = AllowedHostsOriginValidator(AuthMiddlewareStack(inside))
        self.with_session = SessionMiddleware(AuthMiddleware(inside))

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        tickets = parse_qs(scope["query_string"]).get(b"ticket")
        if not tickets:
            return await self.with_cookies(scope, receive, send)
        session = await database_sync_to_async(redeem)(tickets[0].decode(errors="replace"))
        if not session:
            return await send({"type": "websocket.close"})  # as who has the wrong origin
        return await self.with_session(
            scope | {"cookies": {settings.SESSION_COOKIE_NAME: session}}, receive, send
        )
