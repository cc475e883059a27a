"""What somebody wrote outlives the end of their session: the sign-in page brings it back (`network.kept`)."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict
from django.utils.html import format_html

from network import kept as words
from network.errors import KithError, Refused
from network.forms.arriving import SignInForm
from network.models import Person
from network.views.decorators import View, is_visit, person_required, to_sign_in


def keep(request: HttpRequest, back: str) -> HttpResponse:
    """The sign-in page with a form in it that came without a session; its writer finds it at `back` again.

    Where scripts run, the browser keeps drafts by itself. What is too long to be a post is let go.
    """
    seal = words.sealed(request.POST, back)
    if getattr(request, "htmx", False) or not seal:
        return to_sign_in(request)
    context = {
        "form": SignInForm(request=request, initial={words.NAME: seal}),
        "redirect_field": format_html(
            '<input type="hidden" name="{}" value="{}">', REDIRECT_FIELD_NAME, back
        ),
    }
    return render(request, "account/login.html", context, status=Refused.status)


def kept(request: HttpRequest, person: Person) -> MultiValueDict[str, str] | None:
    """What waits for `person` at this address, once; None where nothing does."""
    if not hasattr(request, "kept"):
        here = request.get_full_path()
        request.kept = words.take(request.session, person, here) if is_visit(request) else None  # type: ignore[attr-defined]
    found: MultiValueDict[str, str] | None = request.kept  # type: ignore[attr-defined]
    return found


def given_back(view: View) -> View:
    """Where a form cannot be sent or shown at all, its words come back, to be copied elsewhere."""

    @wraps(view)
    def ask(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except KithError as error:
            written = request.POST or kept(request, request.person)
            if not written or not (said := _said(written)):
                raise
            return render(request, "posts/words.html", {"why": error, "words": said}, status=error.status)

    return ask


def _said(written: MultiValueDict[str, str]) -> str:
    fields = [written.get(name, "") for name in ("title", "text", "summary", "topics")]
    return "\n\n".join(filter(None, [*fields, *written.getlist("options")]))


def kept_until_signed_in(view: View) -> View:
    """As `person_required`; what a form holds waits at the address to which it was sent."""

    @wraps(view)
    def ask(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.person is None and request.method == "POST" and not request.user.is_authenticated:
            return keep(request, request.path)
        return person_required(view)(request, *args, **kwargs)

    return ask
