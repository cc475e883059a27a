"""Requests of the operator of the server, who is known without an account."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.http import HttpRequest

HERE = ("127.0.0.1", "::1")
# Headers that a proxy adds. With one of them, REMOTE_ADDR is the proxy, not the client.
PASSED_ON = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")


def is_operator(request: HttpRequest) -> bool:
    """Whether a request comes from this machine, past the proxy, or has METRICS_TOKEN."""
    is_here = request.META.get("REMOTE_ADDR") in HERE and not any(name in request.META for name in PASSED_ON)
    said = request.headers.get("Authorization", "").encode()
    token = settings.METRICS_TOKEN
    return is_here or bool(token and secrets.compare_digest(said, f"Bearer {token}".encode()))
