"""Sessions that end: whoever signs out, changes a password or is deactivated gets no further frame.

Django's own signals tell of it, whichever page, command or admin did it. What they do not tell, such as a
session that runs out, is found by the switchboard's look once a minute.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from network.models import Person, User
from realtime.announcing import publisher
from realtime.protocol.messages import Message


def valid(keys: Iterable[str]) -> set[str]:
    """Which of some sessions still belong to somebody who may use them. Two queries."""
    return set(_users(keys))


def people(keys: Iterable[str]) -> dict[str, int]:
    """The people to whom some sessions belong, by the keys of these. Three queries."""
    users = _users(keys)
    people = dict(Person.objects.filter(user__in=set(users.values())).values_list("user", "pk"))
    return {key: people[user] for key, user in users.items() if user in people}


def _users(keys: Iterable[str]) -> dict[str, int]:
    """The users to whom some sessions belong, where these and the users are good still."""
    sessions = Session.objects.filter(pk__in=set(keys), expire_date__gt=timezone.now())
    held = {key: _signed_in(data) for key, data in sessions.values_list("pk", "session_data")}
    users = User.objects.filter(is_active=True).in_bulk({user for user, _hash in held.values()})
    return {key: user for key, (user, hash) in held.items() if _is_current(hash, users.get(user))}


@lru_cache(maxsize=2048)  # who comes is looked up, and once more when nothing can be missed any longer
def _signed_in(session_data: str) -> tuple[int, str]:
    """Who is signed in by a session, and with what password; (0, "") for nobody."""
    data = Session(session_data=session_data).get_decoded()
    return int(data.get(SESSION_KEY, 0)), data.get(HASH_SESSION_KEY, "")


def session_deleted(instance: Session, **kwargs: Any) -> None:
    """Somebody signed out, here or from their list of sessions."""
    if user := instance.get_decoded().get(SESSION_KEY):
        _say(int(user))


def user_saved(instance: User, created: bool, update_fields: Iterable[str] | None, **kwargs: Any) -> None:
    """A password changed or an account was deactivated, perhaps; signing in alone changes nothing."""
    if not created and set(update_fields or ()) != {"last_login"}:
        _say(instance.pk)


def _is_current(hash: str, user: User | None) -> bool:
    return user is not None and hmac.compare_digest(hash.encode(), user.get_session_auth_hash().encode())


def _say(user: int) -> None:
    def publish() -> None:
        people = tuple(Person.objects.filter(user=user).values_list("pk", flat=True))
        if people:
            publisher.try_to_publish([Message("sessions", people=people)])

    transaction.on_commit(publish, robust=True)
