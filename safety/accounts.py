"""allauth's account adapter, with the rule of who may make an account."""

from __future__ import annotations

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from django.http import HttpRequest, HttpResponse

from network import accounts, limits
from network.models import User
from network.queries import site
from safety import joining
from safety.queries import invitations


class AccountAdapter(accounts.AccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether the sender may make an account: on a closed site only with an invitation that works.

        It also counts what is sent. With an invitation its uses are limited, so that a whole class can join
        behind one address. Raises TooMany past a limit, ImmediateHttpResponse for an invitation that stopped
        working.
        """
        token = joining.kept(request)
        is_invited = token is not None and invitations.working().filter(token=token).exists()
        if request.method == "POST":
            _count(request, token if is_invited else None)
        if is_invited or site.is_open():
            return True
        if token is not None:
            raise ImmediateHttpResponse(joining.gone(request))
        return False

    def post_login(self, request: HttpRequest, user: User, **signed_in: Any) -> HttpResponse:
        response = super().post_login(request, user, **signed_in)
        joining.forget(request, response)
        return response


def _count(request: HttpRequest, token: str | None) -> None:
    if token is None:
        limits.count("sign_up", limits.address(request))
    else:
        limits.count("sign_up_by_invitation", token)
