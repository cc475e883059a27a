"""Middleware for HTTP caching and compression."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_cache_control

from network.middleware import GetResponse

NO_STORE = ("/accounts/", "/admin/")  # pages with passwords and codes


class CacheMiddleware:
    """Set Cache-Control: the browser may store a page, and must revalidate it before it shows it.

    Only pages with passwords and codes are `no-store`. With `no-store` a browser would lose a half-filled
    form on Back. When a session ends, Clear-Site-Data empties the browser's cache.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(NO_STORE):
            patch_cache_control(response, private=True, no_cache=True, no_store=True)
        elif not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_cache=True)
        if ends_session(response):
            response["Clear-Site-Data"] = '"cache"'
        return response


def ends_session(response: HttpResponse) -> bool:
    """Whether a response deletes the session cookie."""
    cookie = response.cookies.get(settings.SESSION_COOKIE_NAME)
    return cookie is not None and not cookie.value


class CompressionMiddleware(GZipMiddleware):
    """Compress responses to requests without a session.

    The size of a compressed page tells whether a text is in it twice. An attacker who can put text into a
    page can guess secrets in it that way (BREACH). So responses to requests with a session are not
    compressed, nor are account pages. The rest contains one secret, the CSRF token, which Django masks
    differently in each response.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES or request.path.startswith(NO_STORE):
            return response
        return super().process_response(request, response)
