"""What answers people who are signed out while the server is closed."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from network import registry
from network.queries import site
from network.views.decorators import redirect_to_sign_in

# The names of routes that also answer on a closed server: how to come in, and what to know before that. They
# show no posts, no names and no counts. Packages above add theirs to the registry.
ANSWERING = frozenset(
    {
        "home",  # the welcome page
        "about",
        "rules",
        "privacy",
        "keys",
        "health",
        "account_login",
        "mfa_authenticate",
        "account_inactive",
        "account_logout",
        "account_signup",
        "account_confirm_email",
        "account_email_verification_sent",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
    }
)


class ClosedSiteMiddleware:
    """Redirect people who are signed out to the sign-in page while the server is closed.

    Only the routes of ANSWERING and of the registry answer. Addresses that do not exist are redirected as
    well, so that no answer tells what exists. One query at most; none for people who are signed in, or for a
    route that answers.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated or _answers(request) or site.is_open():
            return self.get_response(request)
        return redirect_to_sign_in(request)


def _answers(request: HttpRequest) -> bool:
    try:
        name = resolve(request.path_info).view_name
    except Resolver404:
        return False
    is_answered = registry.while_closed.get(name)
    return name in ANSWERING or (is_answered is not None and is_answered(request))
