"""The addresses of what is live; all others are pages."""

from typing import Any

from django.urls import URLPattern, path, re_path

from realtime.endpoints.consumer import LiveConsumer


async def nowhere(scope: Any, receive: Any, send: Any) -> None:
    """Lets no websocket in: Channels fails at an address that it does not know."""
    await send({"type": "websocket.close"})


websocket_urlpatterns: list[URLPattern] = [path("live", LiveConsumer.as_asgi())]
elsewhere: URLPattern = re_path("", nowhere)  # type: ignore[arg-type]
