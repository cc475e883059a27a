"""A Django view with a constant body of the size of `/about`."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

BODY = b"x" * 7_000


def constant(request: HttpRequest) -> HttpResponse:
    return HttpResponse(BODY, headers={"Content-Length": str(len(BODY))})


urlpatterns = [path("about", constant)]
