"""Kith with time limits of seconds instead of minutes, so that a test can wait for them."""

from __future__ import annotations

from realtime.protocol import event_stream

event_stream.SIGN_OF_LIFE = 0.5

if __name__ == "__main__":
    from realtime.server import __main__, limits

    limits.REQUEST_TIMEOUT = 2
    limits.PING_INTERVAL = limits.PONG_TIMEOUT = 1
    limits.UNACKNOWLEDGED_TIMEOUT = 1
    __main__.main()
else:
    from realtime.asgi import application  # noqa: F401
