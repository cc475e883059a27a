"""The addresses of websockets; everything else is HTTP."""

from realtime.endpoints.connecting import Receive, Scope, Send
from realtime.endpoints.websocket import live

WEBSOCKETS = {"/live": live}


async def websockets(scope: Scope, receive: Receive, send: Send) -> None:
    """An ASGI application that refuses a websocket at any other address."""
    if scope["path"] in WEBSOCKETS:
        await WEBSOCKETS[scope["path"]](scope, receive, send)
    else:
        await send({"type": "websocket.close"})
