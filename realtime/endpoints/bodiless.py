"""Send no body where HTTP has none: after HEAD, 204 and 304 (RFC 9110, 6.4.1).

A client takes bytes after such a head for the next answer on the connection, so the words of a page could
become an answer. Servers differ in what they drop. Daphne 4.2 drops the first piece of a body only: Twisted
replaces `write` on the request once the head is out, but daphne calls `http.Request.write(self, piece)` on
the class. Upstream's mend is `self.write(piece)` in `daphne.http_protocol.WebRequest.handle_reply`.
"""

from __future__ import annotations

from typing import Any

NO_CONTENT, NOT_MODIFIED = 204, 304
LENGTH = {b"content-length", b"transfer-encoding"}


class Bodiless:
    """An ASGI middleware for HTTP.

    HEAD keeps the headers of the page, but sets no cookies: it changes nothing. 204 and 304 have no length.
    Raises ValueError for a status below 200: a client waits for another after it.
    """

    def __init__(self, inside: Any) -> None:
        self.inside = inside

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        is_head = is_bare = scope["method"] == "HEAD"

        async def pass_on(message: dict[str, Any]) -> None:
            nonlocal is_bare
            if message["type"] == "http.response.start":
                if message["status"] < 200:
                    raise ValueError(f"{message['status']} is no answer.")
                has_none = message["status"] in (NO_CONTENT, NOT_MODIFIED)
                is_bare = is_head or has_none
                unsaid = (LENGTH if has_none else set()) | ({b"set-cookie"} if is_head else set())
                message = message | {"headers": without(unsaid, message.get("headers", ()))}
            elif is_bare:
                if message.get("more_body"):
                    return
                message = {"type": "http.response.body"}
            await send(message)

        await self.inside(scope, receive, pass_on)


def without(names: set[bytes], headers: Any) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in headers if name.lower() not in names]
