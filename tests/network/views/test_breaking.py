"""Responses to failures: a temporary failure asks to try again soon, and every failure has a readable page."""

from __future__ import annotations

import pytest
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.test import Client

from network import middleware
from tests.network.views.conftest import words


@pytest.mark.parametrize("error", [OperationalError("canceling statement"), InterfaceError("closed")])
def test_an_unavailable_database_is_a_temporary_failure(
    error: Exception, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = broken(error, client, monkeypatch)
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "One moment, please." in words(answer)
    assert "Send them again in a minute" in words(answer)


def test_other_errors_are_internal(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = broken(ZeroDivisionError(), client, monkeypatch)
    assert answer.status_code == 500
    assert "Something broke on our side" in words(answer)


def broken(error: Exception, client: Client, monkeypatch: pytest.MonkeyPatch) -> HttpResponse:
    """Return the response when middleware raises `error` before any view runs, without a database."""

    def fail(request: object) -> None:
        raise error

    monkeypatch.setattr(middleware, "_person", fail)
    client.raise_request_exception = False
    return client.get("/about")
