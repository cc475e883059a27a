"""Stopping letters: with one click in a mail program, or on the page that the link in a letter opens."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from feeds.actions import choices
from feeds.mail import composition


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button. On POST, stop the letters; the token is enough, without a session (RFC 8058)."""
    person, kind = composition.read_stop_token(token)
    if request.method == "POST":
        choices.stop(person, kind)
    return render(
        request, "mail/stop.html", {"kind": kind, "to": person, "is_done": request.method == "POST"}
    )
