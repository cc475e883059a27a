"""What a person is told when something cannot be done: one page, one sentence, the right status."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

# What the database is asked again after: it is being started, is full, or was too busy for this one.
AGAIN_AFTER = 10  # seconds


def answer(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    """The refusal as a page with the sentence on it, as JSON for programs that want no page."""
    if request.accepts("text/html"):
        page = [f"{status}.html", "error.html"]
        return render(request, page, {"status": status, "sentence": sentence}, status=status)
    return JsonResponse({"error": sentence}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, 400, _("This could not be read. Go back and send it again."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 404, _("There is nothing here that you can see."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 403, _("You cannot do this here."))


def server_error(request: HttpRequest) -> HttpResponse:
    """The last resort, for whatever was raised, from a template that needs nothing.

    A database that cannot do this now (gone, full, locked for too long) is no fault of the program: 503.
    """
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        page = render_to_string("503.html")
        return HttpResponse(page, status=503, headers={"Retry-After": str(AGAIN_AFTER)})
    return HttpResponseServerError(render_to_string("500.html"))
