"""A constant page on Kith's server or on stock daphne: `python -m bench.baselines.servers WHICH PORT`.

Both processes import all of Kith, because the garbage collector's work depends on the number of objects.
"""

import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.test import override_settings

from realtime import asgi
from realtime.endpoints.pages import Pages
from realtime.endpoints.threads import Threads
from realtime.server.process import tune_garbage_collection
from realtime.server.server import Server, endpoint

BODY = b"x" * 12_000  # the size of a home page

Send = Callable[[dict[str, Any]], Awaitable[None]]


async def constant(scope: dict[str, Any], receive: object, send: Send) -> None:
    headers = [(b"content-length", str(len(BODY)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BODY})


def view() -> Any:
    """A Django view with a constant body, for who is signed in: session and user are loaded."""
    middleware = [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ]
    override_settings(MIDDLEWARE=middleware, ROOT_URLCONF="bench.baselines.constant").enable()
    return Pages(get_wsgi_application(), Threads(settings.WEB_THREADS, settings.WEB_AT_ONCE))


def main(which: str, port: str) -> None:
    assert asgi.application
    if which in ("kith", "view"):
        application, address = view() if which == "view" else constant, endpoint("127.0.0.1", port)
        Server(application, endpoints=[address], ready_callable=tune_garbage_collection).run()
    else:
        words = ("-b", "127.0.0.1", "-p", port, "-v", "0", "bench.baselines.servers:constant")
        os.execv(sys.executable, [sys.executable, "-m", "daphne", *words])


if __name__ == "__main__":
    main(*sys.argv[1:])
