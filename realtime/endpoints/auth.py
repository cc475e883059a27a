"""Which websockets and event streams are accepted: by the session of their cookie, or by a ticket for one.

Both must pass what Django asks of a page: a `Host` of ALLOWED_HOSTS and, where a page of another site could
have sent the request with the cookies of its visitor, an `Origin` that the CSRF check accepts.

The application inside finds the key of the session in `scope["session_key"]`. It is not looked up yet: the
switchboard looks up many at once.
"""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import parse_qs, urlsplit

from channels.db import database_sync_to_async
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, parse_cookie
from redis.exceptions import RedisError

from realtime.endpoints import tickets

log = logging.getLogger(__name__)


class WithSession:
    """An ASGI middleware that adds the session key of the cookie to the scope, "" without one."""

    def __init__(self, inside: Any) -> None:
        self.inside = inside

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        raw = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
        key = parse_cookie(raw.decode("latin-1")).get(settings.SESSION_COOKIE_NAME, "")
        return await self.inside(scope | {"session_key": key}, receive, send)


class WithoutNul:
    """An ASGI middleware that refuses a request with a NUL in a header, which is invalid (RFC 9110, 5.5).

    Django fails at it in `Content-Type`, and PostgreSQL in the key of a session: there all keys fail that are
    looked up together. A quoted cookie can spell a NUL, which Django would read as one.
    """

    def __init__(self, inside: Any) -> None:
        self.inside = inside

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        if not any(map(has_nul, scope.get("headers", ()))):
            return await self.inside(scope, receive, send)
        log.warning("Refusing a request to %s: a header of it has a NUL", scope["path"])
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close"})
        return await refuse(send, b"A header of this request is not valid.")


def has_nul(header: tuple[bytes, bytes]) -> bool:
    """Whether the value of a header holds a NUL, or is of cookies of which one spells it: `"\\000"`."""
    name, value = header
    if name == b"cookie" and rb"\000" in value:
        return any("\0" in text for text in parse_cookie(value.decode("latin-1")).values())
    return b"\0" in value


class AllowedHost:
    """An ASGI middleware for HTTP that refuses a `Host` that is not in ALLOWED_HOSTS with 400."""

    def __init__(self, inside: Any) -> None:
        self.inside = inside

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        if has_allowed_host(django_request(scope)):
            return await self.inside(scope, receive, send)
        log.warning("Refusing a request to %s: its Host is not in ALLOWED_HOSTS", scope["path"])
        return await refuse(send, b"This is not the name of this site.")


async def refuse(send: Any, sentence: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 400, "headers": headers})
    await send({"type": "http.response.body", "body": sentence})


class WebsocketAuth:
    """An ASGI middleware that accepts a websocket of this site's pages by cookie, others by ticket."""

    def __init__(self, inside: Any) -> None:
        self.inside = inside
        self.from_pages = WithSession(inside)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        ticket = parse_qs(scope["query_string"].decode("latin-1")).get("ticket")
        if not is_allowed(scope, with_ticket=bool(ticket)):
            return await send({"type": "websocket.close"})
        if not ticket:
            return await self.from_pages(scope, receive, send)
        try:
            key = await database_sync_to_async(tickets.redeem)(ticket[0])
        except RedisError:
            key = ""  # nor can a new ticket be issued now
        if not key:
            return await send({"type": "websocket.close"})
        return await self.inside(scope | {"session_key": key}, receive, send)


def is_allowed(scope: dict[str, Any], *, with_ticket: bool) -> bool:
    """Whether a handshake has the host of this site and, without a ticket, the origin of one of its pages.

    It is a function so that the request it makes is freed: a coroutine keeps its variables for as long as the
    websocket is open.
    """
    request = django_request(scope)
    return has_allowed_host(request) and (
        with_ticket or has_trusted_origin(request, scheme_of(scope, request))
    )


def django_request(scope: dict[str, Any]) -> HttpRequest:
    """As much of Django's request as tells host, scheme and origin."""
    request = HttpRequest()
    host, port = scope.get("server") or ("unknown", 0)
    request.META |= {"SERVER_NAME": host, "SERVER_PORT": str(port)}
    for name, value in scope["headers"]:
        if b"_" not in name:  # a client could write X_Forwarded_Proto past the proxy
            key, text = f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}", value.decode("latin-1")
            request.META[key] = f"{request.META[key]},{text}" if key in request.META else text
    return request


def scheme_of(scope: dict[str, Any], request: HttpRequest) -> str:
    """http or https: as the proxy says, if Django trusts it; otherwise as the client connected."""
    header, _secure = settings.SECURE_PROXY_SSL_HEADER or ("", "")
    if header in request.META:
        return str(request.scheme)
    return "https" if scope.get("scheme") in ("https", "wss") else "http"


def has_allowed_host(request: HttpRequest) -> bool:
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True


def has_trusted_origin(request: HttpRequest, scheme: str) -> bool:
    """Whether Django's CSRF check would accept a POST with this `Origin` and this (allowed) host.

    Scheme and port count. A request without `Origin` is not from a browser, so not from a page of this site.
    """
    origin = request.headers.get("origin", "")
    if origin == f"{scheme}://{request.get_host()}":
        return True
    return any(matches(origin, trusted) for trusted in settings.CSRF_TRUSTED_ORIGINS)


def matches(origin: str, trusted: str) -> bool:
    """Whether an origin equals a trusted one, or is a subdomain of one like `https://*.example.com`."""
    if "*" not in trusted:
        return origin == trusted
    try:
        scheme, name, *_rest = urlsplit(origin)
    except ValueError:
        return False
    pattern = urlsplit(trusted)
    domain = pattern.netloc.lstrip("*").lower()  # begins with a dot
    return scheme == pattern.scheme and f".{name}".endswith(domain)
