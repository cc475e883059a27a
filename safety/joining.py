"""The invitation that a visitor keeps in the session, from its page until the account is made."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from network.queries import site
from safety.models import SiteInvitation

KEY = "site_invitation"


def keep(request: HttpRequest, invitation: SiteInvitation) -> None:
    """Keep an invitation for the sign-up page. Nothing is used up yet."""
    request.session[KEY] = invitation.token


def kept(request: HttpRequest) -> str | None:
    """The token of the kept invitation, which may have stopped working since."""
    return request.session.get(KEY)


def forget(request: HttpRequest) -> None:
    request.session.pop(KEY, None)


def gone(request: HttpRequest) -> HttpResponse:
    """The page for an invitation that does not work: the same whether it ended or never existed."""
    return render(request, "site/gone.html", {"is_open": site.is_open()}, status=404)
