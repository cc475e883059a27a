"""/admin/: Django's pages for staff.

They use the sign-in page of the site, so its limits and its second step apply here too.
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
    """Django's admin site; asks for the password again after ACCOUNT_REAUTHENTICATION_TIMEOUT."""

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # type: ignore[override]
        inner: View = super().admin_view(view, cacheable)

        def reauthenticate_first(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if self.has_permission(request) and not authenticated_lately(request):
                raise ReauthenticationRequired
            return inner(request, *args, **kwargs)

        return inner if view == self.logout else update_wrapper(reauthenticate_first, inner)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Redirect to the sign-in page of the site. Raises PermissionDenied for users who are not staff."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        return redirect("account_change_password")


def authenticated_lately(request: HttpRequest) -> bool:
    """Whether this session gave a password or code within ACCOUNT_REAUTHENTICATION_TIMEOUT."""
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
