"""/admin/: Django's pages for staff, reached by the account pages alone.

They have no sign-in form of their own, so limits and the second step hold for them too.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

View = Callable[..., HttpResponse]


class Administration(admin.AdminSite):
    """Django's site for staff; asks for the password again 15 minutes after it was last given."""

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # type: ignore[override]
        inner: View = super().admin_view(view, cacheable)

        def ask_again(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if self.has_permission(request) and not proved_lately(request):
                raise ReauthenticationRequired
            return inner(request, *args, **kwargs)

        return inner if view == self.logout else update_wrapper(ask_again, inner)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Send people to the sign-in page of the site, those who are no staff nowhere."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        return redirect("account_change_password")


def proved_lately(request: HttpRequest) -> bool:
    """Whether a password or code was given in this session within ACCOUNT_REAUTHENTICATION_TIMEOUT."""
    proofs = get_authentication_records(request, request.user)
    return bool(proofs) and time.time() - proofs[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
