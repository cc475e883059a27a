"""A signed-in person, in a client that checks CSRF tokens as a browser's requests are checked."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.http import HttpResponse
from django.test import Client

from network.models import Person, User
from tests.support import factories
from tests.support.signing_in import PASSWORD

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
Send = Callable[..., Any]


@pytest.fixture
def noor(db: None, client: Client) -> Person:
    """A person who is signed in with `client`."""
    user = factories.user("noor")
    client.force_login(user, backend=BACKEND)
    return user.person


@pytest.fixture
def hana(db: None) -> User:
    """A user with a confirmed address, who is not signed in."""
    user = factories.user("hana", PASSWORD)
    EmailAddress.objects.create(user=user, email="hana@example.org", verified=True, primary=True)
    return user


@pytest.fixture
def as_person() -> Callable[[Person], Client]:
    """Return another client in which a person is signed in."""

    def sign_in(person: Person) -> Client:
        if person.user is None:
            person.user = factories.User.objects.create_user(username=person.handle)
            person.save()
        browser = Client()
        browser.force_login(person.user, backend=BACKEND)
        return browser

    return sign_in


def sign_in(client: Client, asked: HttpResponse, handle: str = "noor") -> Any:
    """Fill in the sign-in page of a response, and follow the redirects."""
    hidden = re.findall(r'<input type="hidden" name="(next|kept)" value="([^"]*)"', asked.content.decode())
    filled = {"login": handle, "password": "correct horse battery"} | {k: unescape(v) for k, v in hidden}
    return client.post("/accounts/login/", filled, follow=True)


def words(response: HttpResponse) -> str:
    """The text of the page on one line."""
    return " ".join(response.content.decode().split())
