"""What every page knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """The person who looks, and how the place is called. No query: what pages count, they ask for."""
    return {
        "person": getattr(request, "person", None),
        "site_name": "Kith",
        "public_url": settings.PUBLIC_URL,
    }
