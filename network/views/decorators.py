"""What views ask of a request: who sends it, where to go afterwards, whether an act is taken back."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from network import ids
from network.errors import Invalid, Refused
from network.models import Person

View = Callable[..., HttpResponse]
P = TypeVar("P")


class AsPerson(HttpRequest):
    """A request of somebody signed in; views behind `person_required` are given nothing else."""

    person: Person


class SeeOther(HttpResponseRedirect):
    """After a write: what was asked for is read at another address, and reloading writes nothing."""

    status_code = 303


def person_required(view: View) -> View:
    """Lets people through who are signed in; others sign in first and come back to where they were."""

    @wraps(view)
    def ask(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.person is not None:
            return view(request, *args, **kwargs)
        if request.user.is_authenticated:
            raise Refused(_("This account has no profile here, so it cannot do this."))
        return to_sign_in(request)

    return ask


def is_visit(request: HttpRequest) -> bool:
    """Whether somebody opens a page, so that what it shows counts as seen.

    HEAD changes nothing (RFC 9110, 9.2.1), nor does a script that only looks for something new (`peek`).
    """
    return request.method == "GET" and "peek" not in request.headers


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """The way to the sign-in page, and from there back to the page where this was asked."""
    back = request.get_full_path() if request.method in ("GET", "HEAD") else local(request, "/")
    if getattr(request, "htmx", False):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = redirect_to_login(back).url
        return response
    return SeeOther(redirect_to_login(back).url)


def local(request: HttpRequest, otherwise: str) -> str:
    """The address of this site that the form wants to return to (`next`), or another where it names none."""
    wanted = request.POST.get("next", "")
    return wanted if is_local(wanted) else otherwise


def is_local(address: str) -> bool:
    """Whether an address is a page of this site: a path, for "//evil.example" and "https:evil.example" lead
    elsewhere in some browsers."""
    is_path = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return is_path and address.isprintable()


def is_undo(request: HttpRequest) -> bool:
    """Whether a toggle is taken back: the same address, with undo=1."""
    return request.POST.get("undo") == "1"


def cursor(request: HttpRequest, name: str) -> int | None:
    """The id in the address that a list goes on from; None without one. Raises Invalid."""
    raw = request.GET.get(name)
    if raw is None:
        return None
    place = ids.parse(raw)
    if place is None:
        raise Invalid(_("This link does not work. Start again from the first page."))
    return place


def place(request: HttpRequest, parse: Callable[[str], P]) -> P | None:
    """The place (`before`) in the address of a list whose order changes; None without one. Raises Invalid."""
    raw = request.GET.get("before")
    return None if raw is None else parse(raw)
