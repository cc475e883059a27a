"""The page of an invitation to the site."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from network import limits
from network.errors import NotVisible
from network.views.decorators import SeeOther
from safety import joining
from safety.queries import invitations


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show who invites; a POST leads to the sign-up page.

    A GET keeps nothing: mail and chat programs open links before people do. Only links that do not work are
    counted, so one that works opens for a whole school behind one address.
    """
    try:
        found = invitations.find(token)
    except NotVisible:
        limits.count("wrong_invitation", limits.address(request))
        return joining.gone(request)
    if request.method == "POST":
        if request.user.is_authenticated:
            return SeeOther(reverse("home"))
        response = SeeOther(reverse("account_signup"))
        joining.keep(response, found)
        return response
    return render(request, "site/invitation.html", {"invitation": found})
