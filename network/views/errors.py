"""What a person is told when something cannot be done: one page, one sentence, the right status."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


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
    return answer(request, 403, _("This is not for you to do."))
