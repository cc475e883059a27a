"""/health: whether the database answers, for load balancers and monitors."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest
from django.db import OperationalError
from django.test import Client, override_settings

pytestmark = pytest.mark.django_db


def test_it_says_ok_and_nothing_else(client: Client, django_assert_num_queries: Any):
    with django_assert_num_queries(1):
        response = client.get("/health")
    assert (response.status_code, response.content) == (200, b"ok")
    assert response["Content-Type"].startswith("text/plain")
    assert "no-store" in response["Cache-Control"]
    assert "Set-Cookie" not in response
    assert client.head("/health").status_code == 200
    assert client.post("/health").status_code == 405


def test_it_says_that_the_database_is_away(client: Client):
    with mock.patch("network.views.health.connection.cursor", side_effect=OperationalError):
        response = client.get("/health")
    assert response.status_code == 503
    assert response["Content-Type"].startswith("text/plain")
    assert "no-store" in response["Cache-Control"]


@override_settings(SECURE_SSL_REDIRECT=True)
def test_it_answers_past_the_proxy(client: Client):
    assert client.get("/health").status_code == 200
