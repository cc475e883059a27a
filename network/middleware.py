"""Middleware: the person of a request, and the response to an error. Each request pays for both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.core.exceptions import ReauthenticationRequired
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from network import sessions, zones
from network.errors import KithError
from network.models import Person
from network.queries.compiled import fetch
from network.queries.instances import Instances
from network.queries.parameters import Parameter
from network.views.decorators import redirect_to_sign_in
from network.views.errors import bad_request, error_response

PEOPLE = Instances(Person, ["stream", "user"])
GetResponse = Callable[[HttpRequest], HttpResponse]


class PersonMiddleware:
    """Set `request.person`, the Person who is signed in or None, and activate their time zone.

    It sets `request.user` too: one query for both.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = _person(request)
        request.person = person  # type: ignore[attr-defined]
        with timezone.override(zones.of(person)):
            return self.get_response(request)


def _person(request: HttpRequest) -> Person | None:
    session = request.session
    user_id = sessions.user_id(session)
    person = None if user_id is None else next(iter(PEOPLE.read(fetch(_of_user, user=user_id))), None)
    if person is not None and person.user is not None and sessions.is_current(session, person.user):
        request.user = person.user
        return person
    # Django decides the other cases: it renews the session, ends it, or knows a user who is not a person.
    return person if request.user.is_authenticated else None


def _of_user() -> QuerySet[Person, Any]:
    return PEOPLE.select(Person.objects.filter(user=Parameter("user")))


class ErrorsMiddleware:
    """Turn a KithError into a page or JSON with its sentence.

    A URL with a NUL is refused here: no page has one, and PostgreSQL cannot store it.

    Account pages check that a name is free, then write it. Where another request takes the name in between,
    the view runs once more and shows its own message for a name that is taken.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return bad_request(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, KithError):
            return error_response(request, error.status, str(error))
        # allauth would store the whole POST in a session, for somebody who is not signed in.
        if isinstance(error, ReauthenticationRequired) and request.user.is_anonymous:
            return redirect_to_sign_in(request)
        if isinstance(error, IntegrityError):
            return _retry(request)
        return None


def _retry(request: HttpRequest) -> HttpResponse | None:
    match = request.resolver_match
    if match is None or not match.func.__module__.startswith("allauth.") or hasattr(request, "is_retried"):
        return None
    request.is_retried = True  # type: ignore[attr-defined]
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return response
