"""The invitation that a visitor keeps in a cookie, from its page until the account is made.

A session would be a row in the database for every visitor who is not signed in. The cookie is signed, so that
nothing else can be in it.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from network.queries import site
from safety.models import SiteInvitation

COOKIE = "invitation"
LASTS = 3600  # seconds to make the account in; after that the link can be opened again


def keep(response: HttpResponse, invitation: SiteInvitation) -> None:
    """Keep an invitation for the sign-up page. Nothing is used up yet."""
    response.set_signed_cookie(
        COOKIE,
        invitation.token,
        salt=COOKIE,
        max_age=LASTS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def kept(request: HttpRequest) -> str | None:
    """The token of the kept invitation, which may have stopped working since."""
    return request.get_signed_cookie(COOKIE, default=None, salt=COOKIE, max_age=LASTS)


def forget(request: HttpRequest, response: HttpResponse) -> None:
    if COOKIE in request.COOKIES:
        response.delete_cookie(COOKIE, samesite="Lax")


def gone(request: HttpRequest) -> HttpResponse:
    """The page for an invitation that does not work: the same whether it ended or never existed."""
    response = render(request, "site/gone.html", {"is_open": site.is_open()}, status=404)
    forget(request, response)
    return response
