"""Who asks, and what they are told when it cannot be done. Kept to two: each request pays for them."""

from __future__ import annotations

from collections.abc import Callable

from allauth.core.exceptions import ReauthenticationRequired
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from network import zones
from network.errors import KithError
from network.models import Person
from network.queries.compiled import SOMEBODY, instances, one
from network.views.decorators import to_sign_in
from network.views.errors import answer, bad_request

Answer = Callable[[HttpRequest], HttpResponse]


class PersonMiddleware:
    """Sets `request.person`: the Person who is signed in, or None; times are told in their zone.

    Two queries: user and person.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = _person(request)
        request.person = person  # type: ignore[attr-defined]
        with timezone.override(zones.of(person)):
            return self.get_response(request)


def _person(request: HttpRequest) -> Person | None:
    if not request.user.is_authenticated:
        return None
    return next(instances(_of_user, SOMEBODY, user=request.user.pk), None)


def _of_user(nobody: Person) -> QuerySet[Person]:
    return Person.objects.filter(user=one("user")).select_related("stream")


class ErrorsMiddleware:
    """Turns the domain's refusals into a page or JSON, with the sentence they carry.

    An address with a NUL in it is refused here: no page has one, and PostgreSQL stores none.

    Pages of accounts check that a name is free, then write it. Where another request took it in between, the
    page is asked once more, and answers as it does to a name that was taken before.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return bad_request(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, KithError):
            return answer(request, error.status, str(error))
        # allauth would keep all that a stranger sent in a session, to go on with it after they signed in.
        if isinstance(error, ReauthenticationRequired) and request.user.is_anonymous:
            return to_sign_in(request)
        if isinstance(error, IntegrityError):
            return _ask_again(request)
        return None


def _ask_again(request: HttpRequest) -> HttpResponse | None:
    asked = request.resolver_match
    if asked is None or not asked.func.__module__.startswith("allauth.") or hasattr(request, "asked_again"):
        return None
    request.asked_again = True  # type: ignore[attr-defined]
    answered: HttpResponse = asked.func(request, *asked.args, **asked.kwargs)
    return answered
