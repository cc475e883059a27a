"""Signing in on the page, with a password."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

PASSWORD = "correct horse battery"


def sign_in(client: Client, password: str = PASSWORD, login: str = "hana", address: str = "127.0.0.1") -> Any:
    sent = {"login": login, "password": password}
    return client.post(reverse("account_login"), sent, REMOTE_ADDR=address)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
