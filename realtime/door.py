"""Who lets websockets and event streams in: by the session of whoever asks, or by a ticket for one.

What is inside finds the key of the session in `scope["session_key"]`, not yet looked up: the switchboard
asks for many at once.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.http import parse_cookie
from redis.exceptions import RedisError

from realtime import tickets


class WithSession:
    """Passes on with the session of the cookie, if there is one."""

    def __init__(self, inside: Any) -> None:
        self.inside = inside

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        raw = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
        key = parse_cookie(raw.decode("latin-1")).get(settings.SESSION_COOKIE_NAME, "")
        return await self.inside(scope | {"session_key": key}, receive, send)


class Door:
    """Lets websockets in from pages of this server with their cookies, from elsewhere with a ticket."""

    def __init__(self, inside: Any) -> None:
        self.inside = inside
        self.from_pages = AllowedHostsOriginValidator(WithSession(inside))

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        shown = parse_qs(scope["query_string"]).get(b"ticket")
        if not shown:
            return await self.from_pages(scope, receive, send)
        try:
            key = await database_sync_to_async(tickets.redeem)(shown[0].decode(errors="replace"))
        except RedisError:
            key = ""  # and there are no new ones either, as who asks for one is told
        if not key:
            return await send({"type": "websocket.close"})  # as who has the wrong origin
        return await self.inside(scope | {"session_key": key}, receive, send)
