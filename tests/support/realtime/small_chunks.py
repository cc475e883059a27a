"""Kith with responses in many small chunks, like those of large pages.

`/says/204` answers with that status and with a body, even if the status allows none.
"""

from __future__ import annotations

import os
from functools import partial
from typing import Any

PIECE = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def in_small_chunks() -> Any:
    """Kith's application with small chunks, and with `/says/STATUS`."""
    address = {name: os.environ[name] for name in ("HOST", "PORT")}
    from realtime import asgi

    os.environ |= address  # the settings of tests remove these
    pages = asgi.pages

    async def saying(scope: Any, receive: Any, send: Any) -> None:
        _root, says, status = f"{scope['path']}//".split("/")[:3]
        if says != "says":
            await pages(scope, receive, partial(in_pieces, send))
            return
        headers = [(b"Content-Length", b"%d" % (10 * len(PIECE)))]
        await send({"type": "http.response.start", "status": int(status), "headers": headers})
        for number in range(10):
            await send({"type": "http.response.body", "body": PIECE, "more_body": number < 9})

    asgi.pages = saying  # type: ignore[assignment]
    return asgi.application


async def in_pieces(send: Any, message: dict[str, Any]) -> None:
    """Send a body in pieces of 16 bytes."""
    body = message.get("body", b"")
    for start in range(0, len(body) - 16, 16):
        await send({"type": message["type"], "body": body[start : start + 16], "more_body": True})
    await send(message | {"body": body[(len(body) - 1) // 16 * 16 :]} if body else message)


if __name__ == "__main__":
    from realtime.server import __main__  # before Django, because it selects the event loop

    in_small_chunks()
    __main__.main()
else:
    application = in_small_chunks()
