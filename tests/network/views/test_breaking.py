"""What is answered when something breaks: who may try again soon is told so, and nobody is shown a bare error."""

from __future__ import annotations

import pytest
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.test import Client

from network import middleware
from tests.network.views.conftest import words


@pytest.mark.parametrize("error", [OperationalError("canceling statement"), InterfaceError("closed")])
def test_a_database_that_cannot_answer_now_is_no_fault_of_the_program(
    error: Exception, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = broken(error, client, monkeypatch)
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "One moment, please." in words(answer)
    assert "Send them again in a minute" in words(answer)


def test_all_else_is_our_fault(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = broken(ZeroDivisionError(), client, monkeypatch)
    assert answer.status_code == 500
    assert "Something broke on our side" in words(answer)


def broken(error: Exception, client: Client, monkeypatch: pytest.MonkeyPatch) -> HttpResponse:
    """What is answered where something raises `error` before any page is asked, and there is no database to ask."""

    def fail(request: object) -> None:
        raise error

    monkeypatch.setattr(middleware, "_person", fail)
    client.raise_request_exception = False
    return client.get("/about")
