"""Kith's own server with a page `/inspect`, which shows its state: whether each hook into daphne works."""

from __future__ import annotations

import gc
import json
import os
from typing import Any

from realtime.server import __main__
from realtime.server.server import Server

servers: list[Server] = []


class Inspected(Server):
    def run(self) -> None:
        servers.append(self)
        super().run()


def state() -> dict[str, Any]:
    [server] = servers
    websockets = [one for one in server.connections if hasattr(one, "STATE_OPEN")]
    return {
        "connections": len(server.connections),
        "queues": [type(one.application_queue).__name__ for one in server.connections],
        "websockets": [type(one).__name__ for one in websockets],
        "own_options": [option for one in websockets for option in one.factory.protocol.CONFIG_ATTRS],
        "message_limits": [one.maxMessagePayloadSize for one in websockets],
        "buffer_sizes": [one.transport.bufferSize for one in websockets],
        "accepts_at_once": server.port.numberAccepts,
        "is_frozen": gc.get_freeze_count() > 0,
    }


async def telling(scope: Any, receive: Any, send: Any) -> None:
    body = json.dumps(state()).encode()
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def main() -> None:
    address = {name: os.environ[name] for name in ("HOST", "PORT")}
    from realtime import asgi

    os.environ |= address  # the settings of tests remove these
    pages = asgi.pages

    async def either(scope: Any, receive: Any, send: Any) -> None:
        await (telling if scope["path"] == "/inspect" else pages)(scope, receive, send)

    asgi.pages = either  # type: ignore[assignment]
    __main__.Server = Inspected  # type: ignore[misc]
    __main__.main()


if __name__ == "__main__":
    main()
