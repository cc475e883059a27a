"""The mail server, as Django's settings name it and as code asks for it.

Django 6.1 has `MAILERS` instead of `EMAIL_BACKEND` and its like, which end with Django 7.0. Django 5.2 knows
only the older ones. This module is the one place that knows both; it goes when Kith needs Django 6.1.
"""

from __future__ import annotations

from typing import Any

from django import VERSION
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend

HAS_MAILERS = VERSION >= (6, 1)
BACKEND = "django.core.mail.backends.{}.EmailBackend"
TIMEOUT = 20  # seconds that the mail server may take to answer

# The options of a mailer, and the settings before Django 6.1 that have the same meaning.
OPTIONS = {
    "host": "EMAIL_HOST",
    "port": "EMAIL_PORT",
    "username": "EMAIL_HOST_USER",
    "password": "EMAIL_HOST_PASSWORD",
    "use_tls": "EMAIL_USE_TLS",
    "use_ssl": "EMAIL_USE_SSL",
    "timeout": "EMAIL_TIMEOUT",
    "file_path": "EMAIL_FILE_PATH",
}


def settings_for(backend: str, **options: Any) -> dict[str, Any]:
    """Settings by which letters go through one of Django's backends: "smtp", "dummy" and so on."""
    path = BACKEND.format(backend)
    if HAS_MAILERS:
        return {"MAILERS": {"default": {"BACKEND": path, "OPTIONS": options}}}
    return {"EMAIL_BACKEND": path} | {OPTIONS[name]: value for name, value in options.items()}


def settings_from(parsed: dict[str, Any]) -> dict[str, Any]:
    """The same, from what django-environ reads in a URL: a dict by the names before Django 6.1."""
    backend = parsed["EMAIL_BACKEND"].split(".")[-2]
    found = {option: parsed[name] for option, name in OPTIONS.items() if parsed.get(name)}
    folder = found.pop("file_path", None)  # the path of any URL
    if backend == "smtp":
        return settings_for(backend, **{"host": "localhost", "timeout": TIMEOUT} | found)
    return settings_for(backend, **({"file_path": folder} if backend == "filebased" else {}))


def connection() -> BaseEmailBackend:
    """A connection to the mail server, not yet open."""
    return mail.mailers.default if HAS_MAILERS else mail.get_connection()
