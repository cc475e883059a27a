"""Kith as an ASGI application: pages by Django, websockets and event streams beside them."""

import os
from typing import Any

from channels.routing import ProtocolTypeRouter
from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "network.settings")

django = get_wsgi_application()  # sets Django up, which the imports below need

from realtime.endpoints.auth import AllowedHost, WebsocketAuth, WithoutNul, WithSession  # noqa: E402
from realtime.endpoints.bodiless import Bodiless  # noqa: E402
from realtime.endpoints.connecting import process_switchboard  # noqa: E402
from realtime.endpoints.hand_over import HandOver  # noqa: E402
from realtime.endpoints.pages import Pages  # noqa: E402
from realtime.endpoints.sse import events  # noqa: E402
from realtime.endpoints.threads import Threads  # noqa: E402
from realtime.protocol.event_stream import EVENTS  # noqa: E402
from realtime.routing import websockets  # noqa: E402

event_stream = AllowedHost(WithSession(events))
pages = Pages(django, Threads(settings.WEB_THREADS, settings.WEB_AT_ONCE))


async def http(scope: Any, receive: Any, send: Any) -> None:
    """Where the site begins is a setting: daphne would take it from a header, `Daphne-Root-Path`."""
    scope = scope | {"root_path": settings.FORCE_SCRIPT_NAME or ""}
    await (event_stream if scope["path"] == EVENTS else pages)(scope, receive, send)


routes = ProtocolTypeRouter(
    {"http": Bodiless(WithoutNul(http)), "websocket": WithoutNul(WebsocketAuth(websockets))}
)
application = HandOver(routes, process_switchboard)  # `realtime.server` hands over by itself
