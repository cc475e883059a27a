"""Live updates in the common way, as in the tutorial of Channels: a consumer in groups of a channel layer.

It authenticates people as Kith does. It applies no rules to what they receive.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from channels.auth import AuthMiddlewareStack
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application
from django.urls import path

SHARED = "stream-0"
STREAMS = 5000


class StockConsumer(AsyncJsonWebsocketConsumer):
    """`/live?first=N&number=M`: joins the shared group, and M - 1 of 4,999 others, beginning with group N."""

    streams: list[str]

    async def connect(self) -> None:
        asked = parse_qs(self.scope["query_string"].decode())
        first, number = (int(asked[name][0]) for name in ("first", "number"))
        others = (f"stream-{1 + (first + place) % (STREAMS - 1)}" for place in range(number - 1))
        self.streams = [SHARED, *others]
        for stream in self.streams:
            await self.channel_layer.group_add(stream, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        for stream in self.streams:
            await self.channel_layer.group_discard(stream, self.channel_name)

    async def entry(self, event: dict[str, Any]) -> None:
        await self.send_json(event["frame"])


pages = get_asgi_application()
live: Any = URLRouter([path("live", StockConsumer.as_asgi())])
application = ProtocolTypeRouter(
    {"http": pages, "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(live))}
)
