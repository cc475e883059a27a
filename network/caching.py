"""What browsers and proxies may keep of a page, and what is sent in a smaller form."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_cache_control

from network.middleware import Answer

SECRET = ("/accounts/", "/admin/")  # passwords and codes


class CacheMiddleware:
    """Says of answers what may be kept of them: this browser may, and asks again before it shows them.

    Only pages with passwords and codes are `no-store`. Of others a browser keeps a half-filled form, which is
    there again after Back. When a session ends, the browser is asked to forget what it kept.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(SECRET):
            patch_cache_control(response, private=True, no_cache=True, no_store=True)
        elif not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_cache=True)
        if ends_session(response):
            response["Clear-Site-Data"] = '"cache"'
        return response


def ends_session(response: HttpResponse) -> bool:
    """Whether an answer takes the cookie of a session back."""
    cookie = response.cookies.get(settings.SESSION_COOKIE_NAME)
    return cookie is not None and not cookie.value


class CompressionMiddleware(GZipMiddleware):
    """Compresses what is the same for everybody who is not signed in.

    The size of a compressed page tells whether words are in it twice: who can put words into a page can guess
    others in it (BREACH). So nothing is compressed that was asked for with a session, nor pages of accounts.
    What is left has one secret, the token of forms, which Django masks anew in each answer.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES or request.path.startswith(SECRET):
            return response
        return super().process_response(request, response)
