"""Decorators and small readers of a request: the person, the next page, undo, a cursor."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from network import ids
from network.errors import Invalid, Refused
from network.models import Person

View = Callable[..., HttpResponse]
P = TypeVar("P")


class PersonRequest(HttpRequest):
    """A request of a person who is signed in. `person_required` lets no other request through."""

    person: Person


class SeeOther(HttpResponseRedirect):
    """HTTP 303, the response to a write: the browser loads another page, and reloading it writes nothing."""

    status_code = 303


def person_required(view: View) -> View:
    """Decorate a view: people who are not signed in go to the sign-in page, and from there back here."""

    @wraps(view)
    def wrapper(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.person is not None:
            return view(request, *args, **kwargs)
        if request.user.is_authenticated:
            raise Refused(_("This account has no profile here, so it cannot do this."))
        return redirect_to_sign_in(request)

    return wrapper


def is_visit(request: HttpRequest) -> bool:
    """Whether a person opens a page, so that what it shows counts as read.

    HEAD changes nothing (RFC 9110, 9.2.1). Nor does a script that only looks for something new (`peek`).
    """
    return request.method == "GET" and "peek" not in request.headers


def redirect_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Redirect to the sign-in page, which leads back to the page of this request."""
    back = request.get_full_path() if request.method in ("GET", "HEAD") else next_url(request, "/")
    if getattr(request, "htmx", False):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = redirect_to_login(back).url
        return response
    return SeeOther(redirect_to_login(back).url)


def next_url(request: HttpRequest, default: str) -> str:
    """Return the page that the form names in `next`, or `default` where that is no page of this site."""
    url = request.POST.get("next", "")
    return url if is_local_url(url) else default


def local_path(request: HttpRequest, url: str) -> str | None:
    """Return the path of a page of this site from its URL, with the query; None for any other text.

    For URLs that a header names: a client may send anything there.
    """
    if not url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}):
        return None
    page = urlsplit(url)
    path = f"{page.path}?{page.query}" if page.query else page.path or "/"
    return path if is_local_url(path) else None


def is_local_url(url: str) -> bool:
    """Whether a URL is a path of this site.

    In some browsers "//evil.example" and "https:evil.example" lead to another site.
    """
    is_path = url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
    return is_path and url.isprintable()


def is_undo(request: HttpRequest) -> bool:
    """Whether the request undoes what its URL does: undo=1."""
    return request.POST.get("undo") == "1"


def cursor(request: HttpRequest, name: str) -> int | None:
    """Return the id from which a list continues, from the query string; None without one. Raises Invalid."""
    raw = request.GET.get(name)
    if raw is None:
        return None
    id = ids.parse(raw)
    if id is None:
        raise Invalid(_("This link does not work. Start again from the first page."))
    return id


def position(request: HttpRequest, parse: Callable[[str], P]) -> P | None:
    """Return the position (`before`) from which a list with a changing order continues. Raises Invalid."""
    raw = request.GET.get("before")
    return None if raw is None else parse(raw)
