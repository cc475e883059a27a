"""The front page for people who are not signed in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from network.queries import finding

POSTS = 5


def welcome(request: HttpRequest) -> HttpResponse:
    """Show what Kith is, with recent public posts. Six queries."""
    return render(request, "welcome.html", {"posts": finding.threads_to_find(None, size=POSTS)})
