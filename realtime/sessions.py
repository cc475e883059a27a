"""Sessions that end: whoever signs out, changes a password or is deactivated gets no further frame.

Django's own signals tell of it, whichever page, command or admin did it. What they do not tell, such as a
session that runs out, is found by the switchboard's look once a minute.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from network.models import Person, User
from realtime import announce
from realtime.messages import Message


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
    held = {session.pk: session.get_decoded() for session in sessions}
    users = User.objects.filter(is_active=True).in_bulk(
        {int(data[SESSION_KEY]) for data in held.values() if SESSION_KEY in data}
    )
    return {key: int(data[SESSION_KEY]) for key, data in held.items() if _is_current(data, users)}


def session_deleted(instance: Session, **kwargs: Any) -> None:
    """Somebody signed out, here or from their list of sessions."""
    if user := instance.get_decoded().get(SESSION_KEY):
        _say(int(user))


def user_saved(instance: User, created: bool, update_fields: Iterable[str] | None, **kwargs: Any) -> None:
    """A password changed or an account was deactivated, perhaps; signing in alone changes nothing."""
    if not created and set(update_fields or ()) != {"last_login"}:
        _say(instance.pk)


def _is_current(data: dict[str, Any], users: dict[int, User]) -> bool:
    user = users.get(int(data.get(SESSION_KEY, 0)))
    return user is not None and constant_time_compare(
        data.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()
    )


def _say(user: int) -> None:
    def publish() -> None:
        people = tuple(Person.objects.filter(user=user).values_list("pk", flat=True))
        if people:
            announce.try_to_publish([Message("sessions", people=people)])

    transaction.on_commit(publish, robust=True)
