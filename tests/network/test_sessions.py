"""Who is signed in by a session. Django's own store and `get_user` are the oracle."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.sessions.backends import db as djangos
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from network.middleware import PersonMiddleware
from network.models import Person, User
from network.sessions import SessionStore
from tests.support import factories

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NEXT = "the secret of next year, which is as long as a secret must be"
Change = Callable[[User], object]


@pytest.fixture
def ada(db: None, client: Client) -> User:
    """A user who is signed in with `client`."""
    user = factories.user("ada")
    client.force_login(user, backend=BACKEND)
    return user


def nothing(ada: User) -> None:
    pass


def set_password(ada: User) -> None:
    ada.set_password("another horse battery")
    ada.save()


def leave_no_person(ada: User) -> None:
    Person.objects.filter(user=ada).update(user=None)


def rewrite(**values: str | None) -> Change:
    """Write these values into the session; None removes one."""

    def change(ada: User) -> None:
        session = djangos.SessionStore(Session.objects.get().pk)
        session.update(values)
        for key in (key for key, value in values.items() if value is None):
            del session[key]
        session.save()

    return change


CHANGES: dict[str, Change] = {
    "nothing": nothing,
    "a new password": set_password,
    "an inactive user": lambda ada: User.objects.update(is_active=False),
    "a deleted user": lambda ada: ada.delete(),
    "a user who is no person": leave_no_person,
    "a session that was deleted": lambda ada: Session.objects.all().delete(),
    "an expired session": lambda ada: Session.objects.update(
        expire_date=timezone.now() - timedelta(seconds=1)
    ),
    "a corrupt session": lambda ada: Session.objects.update(session_data="corrupt"),
    "no hash": rewrite(**{HASH_SESSION_KEY: None}),
    "an empty hash": rewrite(**{HASH_SESSION_KEY: ""}),
    "another hash": rewrite(**{HASH_SESSION_KEY: "0" * 64}),
    "no backend": rewrite(**{BACKEND_SESSION_KEY: None}),
    "another backend": rewrite(**{BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend"}),
    "no user": rewrite(**{SESSION_KEY: None}),
    "an unknown user": rewrite(**{SESSION_KEY: "0"}),
    "another secret": nothing,
    "another secret beside the former": nothing,
}
STAYS = {"nothing", "a user who is no person", "another secret beside the former"}


@pytest.mark.parametrize("changed", CHANGES)
def test_a_session_is_valid_where_django_says_so(
    ada: User, client: Client, settings: LazySettings, changed: str
) -> None:
    key = client.cookies["sessionid"].value
    CHANGES[changed](ada)
    if "secret" in changed:
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY] if "former" in changed else []
        settings.SECRET_KEY = NEXT
    with transaction.atomic():
        expected = outcome(by_django, djangos.SessionStore(key))
        transaction.set_rollback(True)
    assert outcome(by_middleware, SessionStore(key)) == expected
    assert (expected["user"] is not None) == (changed in STAYS)


def outcome(identify: Callable[[HttpRequest], None], session: djangos.SessionStore) -> dict[str, Any]:
    """The user of a request with this session, and what becomes of the session."""
    request, key = HttpRequest(), session.session_key
    request.session = session
    identify(request)
    return {
        "user": request.user.pk,
        "is the same session": session.session_key == key,
        "is empty": session.is_empty(),
        "is to be saved": session.modified,
        "is read": session.accessed,
        "stored": Session.objects.count(),
    }


def by_django(request: HttpRequest) -> None:
    request.user = get_user(request)


def by_middleware(request: HttpRequest) -> None:
    def respond(request: HttpRequest) -> HttpResponse:
        assert (request.person is None) == (getattr(request.user, "person", None) is None)
        return HttpResponse()

    request.user = SimpleLazyObject(lambda: get_user(request))  # as Django's middleware does
    PersonMiddleware(respond)(request)


@pytest.mark.parametrize("key", [None, "", "short", "a" * 32])
def test_a_made_up_key_is_no_session(db: None, key: str | None) -> None:
    expected = outcome(by_django, djangos.SessionStore(key))
    assert outcome(by_middleware, SessionStore(key)) == expected
    assert expected["user"] is None


def test_the_user_and_the_person_are_found_in_one_query(
    ada: User, client: Client, django_assert_num_queries: Callable[..., Any]
) -> None:
    request = HttpRequest()
    request.session = SessionStore(client.cookies["sessionid"].value)
    with django_assert_num_queries(2):
        by_middleware(request)
        assert request.user.password == ada.password
        assert request.person.user is request.user
        assert request.user.person is request.person


def test_sessions_go_on_from_djangos_store_to_this_and_back(db: None, settings: LazySettings) -> None:
    """A site is updated, and set back, without signing anybody out."""
    engine = import_module(settings.SESSION_ENGINE)
    for store, other in [
        (djangos.SessionStore, engine.SessionStore),
        (engine.SessionStore, djangos.SessionStore),
    ]:
        session = store()
        session["sea"] = "North Sea"
        session.save()
        assert other(session.session_key)["sea"] == "North Sea"
        assert Session.objects.get(pk=session.session_key).get_decoded() == {"sea": "North Sea"}
