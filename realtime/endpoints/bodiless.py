"""Send no body where HTTP has none: after HEAD, 204 and 304 (RFC 9110, 6.4.1).

A client takes bytes after such a head for the next response on the connection, so the words of a page could
become a response. Servers differ in what they drop. Daphne 4.2 drops only the first chunk of a body: Twisted
replaces `write` on the request when the head is sent, but daphne calls `http.Request.write(self, chunk)`. The
fix upstream would be `self.write(chunk)` in `daphne.http_protocol.WebRequest.handle_reply`.
"""

from __future__ import annotations

import logging
from typing import Any

log = logging.getLogger(__name__)

NO_CONTENT, NOT_MODIFIED = 204, 304
LENGTH = {b"content-length", b"transfer-encoding"}
FAILED = {"type": "http.response.start", "status": 500, "headers": [(b"content-length", b"0")]}


class Bodiless:
    """An ASGI middleware for HTTP.

    HEAD keeps the headers of the page, but sets no cookies, because it must change nothing. 204 and 304 have
    no length. A status below 200 becomes 500, because a client waits for another response after it.
    """

    def __init__(self, inside: Any) -> None:
        self.inside = inside

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        is_head = has_no_body = scope["method"] == "HEAD"

        async def pass_on(message: dict[str, Any]) -> None:
            nonlocal has_no_body
            if message["type"] == "http.response.start":
                if message["status"] < 200:
                    log.error(
                        "%s has the status %d, which ends no response", scope["path"], message["status"]
                    )
                    message = FAILED
                is_bodiless = message["status"] in (NO_CONTENT, NOT_MODIFIED)
                has_no_body = is_head or is_bodiless or message is FAILED
                dropped = (LENGTH if is_bodiless else set()) | ({b"set-cookie"} if is_head else set())
                message = message | {"headers": without(dropped, message.get("headers", ()))}
            elif has_no_body:
                if message.get("more_body"):
                    return
                message = {"type": "http.response.body"}
            await send(message)

        await self.inside(scope, receive, pass_on)


def without(names: set[bytes], headers: Any) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in headers if name.lower() not in names]
