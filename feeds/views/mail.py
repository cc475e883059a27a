"""Stopping letters: with one click in a mail program, or on the page that the link in a letter opens."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from feeds.actions import choices
from feeds.mail import composition
from network.queries import site


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button. On POST, stop the letters; the token is enough, without a session (RFC 8058).

    On a closed server the page names nobody to people who are signed out.
    """
    person, kind = composition.read_stop_token(token)
    if request.method == "POST":
        choices.stop(person, kind)
    is_named = request.user.is_authenticated or site.is_open()
    to = person.name if is_named else _("you")
    return render(request, "mail/stop.html", {"kind": kind, "to": to, "is_done": request.method == "POST"})
