"""Error pages: one sentence, with the status of the error."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

# For a client to try again when the database starts, is full or is too busy.
RETRY_AFTER = 10  # seconds


def error_response(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    """Return a page with the sentence, or JSON for clients that do not accept HTML."""
    if request.accepts("text/html"):
        page = [f"{status}.html", "error.html"]
        return render(request, page, {"status": status, "sentence": sentence}, status=status)
    return JsonResponse({"error": sentence}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_response(request, 400, _("This could not be read. Go back and send it again."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, 404, _("There is nothing here that you can see."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, 403, _("You cannot do this here."))


def server_error(request: HttpRequest) -> HttpResponse:
    """Return 500 for any other exception, from a template that needs no context.

    Return 503 where the database failed (down, full, locked for too long): a later request may succeed.
    """
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        page = render_to_string("503.html")
        return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_AFTER)})
    return HttpResponseServerError(render_to_string("500.html"))
