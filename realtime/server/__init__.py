"""Kith's own server: daphne with limits, with less memory, and with notice of clients that do not read.

It is optional: `realtime.asgi:application` runs on any ASGI server, and docs/operations.md names what is lost
then. No other folder touches daphne, Twisted or autobahn, and no other folder imports this one.
"""
