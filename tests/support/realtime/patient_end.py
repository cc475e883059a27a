"""Kith that waits ten minutes for requests when it ends, so that a test can see that it has none to wait for."""

from __future__ import annotations

if __name__ == "__main__":
    from realtime.server import __main__, limits

    limits.LONGEST_END = 600
    __main__.main()
else:
    from realtime.asgi import application  # noqa: F401
