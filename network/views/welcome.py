"""The front page for people who are not signed in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from network.queries import finding, site

POSTS = 5


def welcome(request: HttpRequest) -> HttpResponse:
    """Show what Kith is, with recent public posts; on a closed server, how to come in. Seven queries."""
    if not site.is_open():
        return render(request, "welcome_closed.html")
    return render(request, "welcome.html", {"posts": finding.threads_to_find(None, size=POSTS)})
