"""A Django view with a constant body of the size of `/about`, for who is signed in."""

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.urls import path

BODY = b"x" * 7_000


def constant(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return HttpResponseForbidden()
    return HttpResponse(BODY, headers={"Content-Length": str(len(BODY))})


urlpatterns = [path("about", constant)]
