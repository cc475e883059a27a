"""The commands that start Kith on each server that the realtime tests support.

`KITH_TEST_SERVER` selects it: `kith` (the default, `realtime.server`), or stock `daphne` or `uvicorn` with
the options of docs/operations.md.
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
# The same limits as these variants set for Kith's own server.
LIMITS = {
    ("daphne", "short_timeouts"): ["--ping-interval", "1", "--ping-timeout", "1"],
    ("uvicorn", "short_timeouts"): ["--ws-ping-interval", "1", "--ws-ping-timeout", "1"],
    ("uvicorn", "patient_end"): ["--timeout-graceful-shutdown", "600"],
}


def command(variant: str, port: int) -> list[str]:
    """The command that starts Kith, or a variant of it (a module of `tests.support.realtime`), on a port."""
    if SERVER == "kith":
        return [sys.executable, "-m", f"tests.support.realtime.{variant}" if variant else "realtime.server"]
    options = [str(port) if word == "PORT" else word for word in STOCK[SERVER]]
    options += LIMITS.get((SERVER, variant), [])
    module = f"tests.support.realtime.{variant}" if variant else "realtime.asgi"
    return [sys.executable, "-m", *options, f"{module}:application"]
