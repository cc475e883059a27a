"""Which sessions are valid, and the announcement that a session may have ended.

Django's own signals report that a person signed out, changed the password or was deactivated, by a page, a
command or the admin. A session that expires is not reported: the switchboard checks once a minute.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from network.models import Person, User
from network.queries import site
from network.sessions import is_current, user_id
from realtime.announcing import publisher
from realtime.protocol.messages import Message


def keep_valid(keys: Collection[str]) -> set[str]:
    """The sessions among `keys` that are still valid. Three queries at most.

    The key of people who are signed out, "", is valid while the server is open.
    """
    valid = set(_users(key for key in keys if key))
    return valid | {""} if "" in keys and site.is_open() else valid


def people_of(keys: Iterable[str]) -> dict[str, int]:
    """The people of valid sessions, by session key. Three queries."""
    users = _users(keys)
    people = dict(Person.objects.filter(user__in=set(users.values())).values_list("user", "pk"))
    return {key: people[user] for key, user in users.items() if user in people}


def _users(keys: Iterable[str]) -> dict[str, int]:
    """The users of valid sessions, by session key."""
    rows = Session.objects.filter(pk__in=set(keys), expire_date__gt=timezone.now())
    data = {key: _decoded(raw) for key, raw in rows.values_list("pk", "session_data")}
    users = User.objects.in_bulk({user_id(session) or 0 for session in data.values()})
    found = {key: users.get(user_id(session) or 0) for key, session in data.items()}
    return {key: user.pk for key, user in found.items() if user is not None and is_current(data[key], user)}


@lru_cache(maxsize=2048)  # each session is decoded twice: when its socket opens, and when it has subscribed
def _decoded(session_data: str) -> Mapping[str, Any]:
    return Session(session_data=session_data).get_decoded()


def session_deleted(instance: Session, **kwargs: Any) -> None:
    """Receive `post_delete` of a session: its person signed out, here or from the list of sessions."""
    if user := instance.get_decoded().get(SESSION_KEY):
        _announce(int(user))


def user_saved(instance: User, created: bool, update_fields: Iterable[str] | None, **kwargs: Any) -> None:
    """Receive `post_save` of a user: the password may be new, or the account deactivated.

    Signing in saves `last_login` alone, which ends no session.
    """
    if not created and set(update_fields or ()) != {"last_login"}:
        _announce(instance.pk)


def _announce(user: int) -> None:
    def publish() -> None:
        people = tuple(Person.objects.filter(user=user).values_list("pk", flat=True))
        if people:
            publisher.try_to_publish([Message("sessions", people=people)])

    transaction.on_commit(publish, robust=True)
