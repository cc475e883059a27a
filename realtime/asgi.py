"""Kith as an ASGI application: pages by Django, websockets and event streams beside them."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "network.settings")

django = get_asgi_application()  # sets Django up, which the imports below need

from realtime.endpoints.auth import AllowedHost, Door, WithSession  # noqa: E402
from realtime.endpoints.bodiless import Bodiless  # noqa: E402
from realtime.endpoints.sse import events  # noqa: E402
from realtime.protocol.event_stream import EVENTS  # noqa: E402
from realtime.routing import elsewhere, websocket_urlpatterns  # noqa: E402

stream = AllowedHost(WithSession(events))


async def pages(scope, receive, send):  # type: ignore[no-untyped-def]
    await (stream if scope["path"] == EVENTS else django)(scope, receive, send)


application = ProtocolTypeRouter(
    {"http": Bodiless(pages), "websocket": Door(URLRouter([*websocket_urlpatterns, elsewhere]))}
)
