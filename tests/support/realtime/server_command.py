"""The commands that start Kith on each of the servers that the tests of realtime know.

`KITH_TEST_SERVER` chooses: `kith` (the default, `realtime.server`), or `daphne` or `uvicorn` as they come, with
the options that docs/operations.md names.
"""

from __future__ import annotations

import os
import sys

SERVER = os.environ.get("KITH_TEST_SERVER", "kith")
STOCK = {
    "daphne": ["daphne", "-v", "0", "-b", "127.0.0.1", "-p", "PORT"],
    "uvicorn": [
        *("uvicorn", "--host", "127.0.0.1", "--port", "PORT", "--log-level", "warning"),
        *("--ws-per-message-deflate", "false", "--ws-max-size", "65536", "--timeout-graceful-shutdown", "9"),
    ],
}
# As `short_timeouts` sets the limits of Kith's own server.
SHORT_TIMEOUTS = {
    "daphne": ["--ping-interval", "1", "--ping-timeout", "1"],
    "uvicorn": ["--ws-ping-interval", "1", "--ws-ping-timeout", "1"],
}


def command(variant: str, port: int) -> list[str]:
    """Start Kith, or the variant of it that a module of `tests.support.realtime` makes, on a port."""
    if SERVER == "kith":
        return [sys.executable, "-m", f"tests.support.realtime.{variant}" if variant else "realtime.server"]
    options = [str(port) if word == "PORT" else word for word in STOCK[SERVER]]
    if variant == "short_timeouts":
        options += SHORT_TIMEOUTS[SERVER]
    module = f"tests.support.realtime.{variant}" if variant else "realtime.asgi"
    return [sys.executable, "-m", *options, f"{module}:application"]
