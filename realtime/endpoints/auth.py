"""Who lets websockets and event streams in: by the session of whoever asks, or by a ticket for one.

Both pass what Django asks of a page: the name of this site as `Host` (ALLOWED_HOSTS) and, where another site
could have sent it with the cookies of its visitor, the `Origin` that the CSRF check accepts.

What is inside finds the key of the session in `scope["session_key"]`, not yet looked up: the switchboard
asks for many at once.
"""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import parse_qs, urlsplit

from channels.db import database_sync_to_async
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, parse_cookie
from django.utils.http import is_same_domain
from redis.exceptions import RedisError

from realtime.endpoints import tickets

log = logging.getLogger(__name__)
SCHEMES = {"ws": "http", "wss": "https"}


class WithSession:
    """Passes on with the session of the cookie, if there is one."""

    def __init__(self, inside: Any) -> None:
        self.inside = inside

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        raw = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
        key = parse_cookie(raw.decode("latin-1")).get(settings.SESSION_COOKIE_NAME, "")
        return await self.inside(scope | {"session_key": key}, receive, send)


class AllowedHost:
    """Passes on what asks for this site by a name of its own; 400 for others."""

    def __init__(self, inside: Any) -> None:
        self.inside = inside

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        if has_allowed_host(as_django_sees(scope)):
            return await self.inside(scope, receive, send)
        log.warning("Refusing a request to %s: its Host is not in ALLOWED_HOSTS", scope["path"])
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 400, "headers": headers})
        return await send({"type": "http.response.body", "body": b"This is not the name of this site."})


class Door:
    """Lets websockets in from pages of this server with their cookies, from elsewhere with a ticket."""

    def __init__(self, inside: Any) -> None:
        self.inside = inside
        self.from_pages = WithSession(inside)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        shown = parse_qs(scope["query_string"]).get(b"ticket")
        if not may_knock(scope, with_ticket=bool(shown)):
            return await send({"type": "websocket.close"})
        if not shown:
            return await self.from_pages(scope, receive, send)
        try:
            key = await database_sync_to_async(tickets.redeem)(shown[0].decode(errors="replace"))
        except RedisError:
            key = ""  # and there are no new ones either, as who asks for one is told
        if not key:
            return await send({"type": "websocket.close"})
        return await self.inside(scope | {"session_key": key}, receive, send)


def may_knock(scope: dict[str, Any], *, with_ticket: bool) -> bool:
    """Whether a handshake has the host, and without a ticket the origin, of a page here.

    A function of its own: what is made for it is not held for as long as the socket is open.
    """
    request = as_django_sees(scope)
    scheme = scheme_of(request, scope)
    return has_allowed_host(request) and (with_ticket or has_trusted_origin(request, scheme))


def as_django_sees(scope: dict[str, Any]) -> HttpRequest:
    """A request with the address and the headers of a scope, by which Django tells its host."""
    request = HttpRequest()
    name, port = scope.get("server") or ("unknown", 0)
    request.META = {"SERVER_NAME": name, "SERVER_PORT": str(port)}
    for raw, value in scope["headers"]:
        header = f"HTTP_{raw.decode('latin-1').upper().replace('-', '_')}"
        if b"_" not in raw:  # else two headers could have one name
            before = f"{request.META[header]}," if header in request.META else ""
            request.META[header] = before + value.decode("latin-1")
    return request


def has_allowed_host(request: HttpRequest) -> bool:
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True


def scheme_of(request: HttpRequest, scope: dict[str, Any]) -> str:
    """http or https: what the proxy says, if there is one that says it, else what the server saw."""
    said_by, _https = settings.SECURE_PROXY_SSL_HEADER or ("", "")
    if said_by in request.META and request.scheme:
        return request.scheme
    seen: str = scope.get("scheme", "ws")
    return SCHEMES.get(seen, seen)


def has_trusted_origin(request: HttpRequest, scheme: str) -> bool:
    """Whether `Origin` is one that Django's CSRF check accepts of a post with this (allowed) host.

    Scheme and port count. Without one this is no browser, and so no page of this site.
    """
    origin = request.headers.get("origin", "")
    if origin == f"{scheme}://{request.get_host()}":
        return True
    return any(is_of(origin, trusted) for trusted in settings.CSRF_TRUSTED_ORIGINS)


def is_of(origin: str, trusted: str) -> bool:
    """Whether an origin is a trusted one, or below one like `https://*.example.com`."""
    if "*" not in trusted:
        return origin == trusted
    try:
        scheme, name, *_rest = urlsplit(origin)
    except ValueError:
        return False
    pattern = urlsplit(trusted)
    return scheme == pattern.scheme and is_same_domain(name, pattern.netloc.lstrip("*"))
