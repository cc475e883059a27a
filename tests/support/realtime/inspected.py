"""Kith's own server, which tells at `/inspect` what it holds: whether each hook into daphne has its effect."""

from __future__ import annotations

import gc
import json
import os
from typing import Any

PLACE = {name: os.environ[name] for name in ("HOST", "PORT")}
from realtime.server import __main__  # before Django: it chooses the event loop  # noqa: E402
from realtime.server.server import Server  # noqa: E402
from realtime import asgi  # noqa: E402

pages = asgi.django
servers: list[Server] = []


def state() -> dict[str, Any]:
    [server] = servers
    websockets = [one for one in server.connections if hasattr(one, "STATE_OPEN")]
    return {
        "connections": len(server.connections),
        "websockets": [type(one).__name__ for one in websockets],
        "options_of_each": [sorted(set(type(one).CONFIG_ATTRS) | ({"maxFramePayloadSize"} & vars(one).keys())) for one in websockets],
        "may_write_at_once": [hasattr(one.transport, "_tempDataLen") for one in websockets],
        "queues": [type(one.application_queue).__name__ for one in server.connections],
        "buffer_sizes": [one.transport.bufferSize for one in websockets],
        "accepts_at_once": server.port.numberAccepts,
        "is_frozen": gc.get_freeze_count() > 0,
    }


async def telling(scope: Any, receive: Any, send: Any) -> None:
    if scope["path"] != "/inspect":
        await pages(scope, receive, send)
        return
    body = json.dumps(state()).encode()
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Inspected(Server):
    def run(self) -> None:
        servers.append(self)
        super().run()


if __name__ == "__main__":
    asgi.django = telling  # type: ignore[assignment]
    __main__.Server = Inspected  # type: ignore[misc]
    os.environ |= PLACE  # which the settings of tests take out
    __main__.main()
