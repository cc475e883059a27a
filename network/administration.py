"""/admin/: Django's pages for staff.

They use the sign-in page of the site, so its limits and its second step apply here too.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import reduce, update_wrapper
from operator import or_
from typing import Any, ClassVar

from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, reverse

View = Callable[..., HttpResponse]
LONGEST_ID = 19  # digits of the greatest number that a database takes; all numbers of fewer digits fit


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

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Django's routes but `view_on_site`, which gives the address of any row and checks no permission."""
        return [route for route in super().get_urls() if getattr(route, "name", "") != "view_on_site"]


def authenticated_lately(request: HttpRequest) -> bool:
    """Whether this session gave a password or code within ACCOUNT_REAUTHENTICATION_TIMEOUT."""
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


class Shown(admin.ModelAdmin):
    """Rows that staff may look at. Actions alone write them, so nothing is added, changed or deleted here.

    Staff read no more than others do: no words of a post, no name of a hidden group, nothing of what somebody
    read, saved, muted or blocked. "View on site" leads to the page of a row, where the usual rights hold.
    """

    numbered_by: ClassVar[str] = "pk"  # the field that a number is looked for in
    found_by: ClassVar[tuple[str, ...]] = ()  # look-ups of names
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def view_on_site(self, obj: Model) -> str | None:
        """The address of a row on the site, None where it has no page."""
        address: Callable[[], str] | None = getattr(obj, "get_absolute_url", None)
        return address() if address else None

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Model | None:
        """The row, or None. Django's own raises OverflowError for numbers that do not fit."""
        return super().get_object(request, object_id, from_field) if len(object_id) < LONGEST_ID else None

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Whether a parameter of the address belongs to `list_filter`.

        Django allows every field of the model: so staff could guess a text letter by letter. PostgreSQL
        takes no NUL in a text.
        """
        return lookup in self.filter_parameters() and "\0" not in value

    def filter_parameters(self) -> set[str]:
        """The parameters that the filters of this list read."""
        parameters = set()
        for entry in self.list_filter:
            field, kind = entry if isinstance(entry, tuple) else (entry, None)
            if kind is admin.EmptyFieldListFilter:
                parameters.add(f"{field}__isempty")
            else:
                parameters |= {f"{field}{look_up}" for look_up in ("", "__exact", "__isnull")}
        return parameters

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return (self.numbered_by, *self.found_by)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Rows by number or name. Django's own search compares numbers as text, which no index helps."""
        word = search_term.strip().removeprefix("@")
        if not word:
            return queryset, False
        wanted = [Q(**{lookup: word}) for lookup in self.found_by]
        if word.isdecimal() and len(word) < LONGEST_ID:
            wanted.append(Q(**{self.numbered_by: int(word)}))
        return queryset.filter(reduce(or_, wanted, Q(pk__in=()))), False
