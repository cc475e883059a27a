"""What somebody sees who has not signed in: what this is, and what people are working out just now."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from network.queries import finding

POSTS = 5


def welcome(request: HttpRequest) -> HttpResponse:
    """The front page. Six queries."""
    return render(request, "welcome.html", {"posts": finding.threads_to_find(None, size=POSTS)})
