"""Decorators that preserve what a person wrote when a session has ended or a form cannot be sent."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.html import format_html

from network import preserved_forms
from network.errors import KithError, Refused
from network.forms.accounts import SignInForm
from network.models import Person
from network.views.decorators import View, is_visit, person_required, redirect_to_sign_in


def sign_in_with_form(request: HttpRequest, path: str) -> HttpResponse:
    """Return the sign-in page with the fields of the request in it; they are shown again at `path`.

    With scripts the browser stores drafts itself, so a request by htmx is only redirected. So is a form that
    is too long for a post.
    """
    signed = preserved_forms.sign(request.POST, path)
    if getattr(request, "htmx", False) or not signed:
        return redirect_to_sign_in(request)
    context = {
        "form": SignInForm(request=request, initial={preserved_forms.FIELD: signed}),
        "redirect_field": format_html(
            '<input type="hidden" name="{}" value="{}">', REDIRECT_FIELD_NAME, path
        ),
    }
    return render(request, "account/login.html", context, status=Refused.status)


def preserved(request: HttpRequest, person: Person) -> QueryDict | None:
    """Return the fields preserved for `person` and this page, once; None where there are none."""
    if not hasattr(request, "preserved"):
        path = request.get_full_path()
        found = preserved_forms.pop(request.session, person, path) if is_visit(request) else None
        request.preserved = found  # type: ignore[attr-defined]
    fields: QueryDict | None = request.preserved  # type: ignore[attr-defined]
    return fields


def return_text_on_error(view: View) -> View:
    """Decorate a view: on a KithError show the text of the form, so that it can be copied elsewhere."""

    @wraps(view)
    def wrapper(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except KithError as error:
            fields = request.POST or preserved(request, request.person)
            if not fields or not (text := _text(fields)):
                raise
            return render(request, "posts/words.html", {"why": error, "words": text}, status=error.status)

    return wrapper


def _text(fields: QueryDict) -> str:
    parts = [fields.get(name, "") for name in ("title", "text", "summary", "topics")]
    return "\n\n".join(filter(None, [*parts, *fields.getlist("options")]))


def preserve_form(view: View) -> View:
    """Do what `person_required` does, and preserve the form of a POST until its writer has signed in."""

    @wraps(view)
    def wrapper(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.person is None and request.method == "POST" and not request.user.is_authenticated:
            return sign_in_with_form(request, request.path)
        return person_required(view)(request, *args, **kwargs)

    return wrapper
