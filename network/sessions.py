"""Sessions, which each request of a person who is signed in reads.

This is the module of SESSION_ENGINE.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import CharField, QuerySet

from network.models import User
from network.queries.compiled import fetch
from network.queries.parameters import NOW, Parameter


class SessionStore(db.SessionStore):
    """Django's store in the database, which reads a session by a compiled query.

    The name of this class is in Django's signature of each session. With another name all sessions would end.
    """

    def load(self) -> dict[str, Any]:
        """The data of the session. Without a valid session Django's own `load` also drops the key."""
        rows = fetch(_data, key=self.session_key)
        return self.decode(rows[0][0]) if rows else super().load()


def _data() -> QuerySet[Session, Any]:
    rows = Session.objects.filter(session_key=Parameter("key", CharField()), expire_date__gt=NOW)
    return rows.values_list("session_data")


def user_id(session: Mapping[str, Any]) -> int | None:
    """The id of the user who signed in; they may not be let in any more."""
    found = session.get(SESSION_KEY)
    return None if found is None else int(found)


def is_current(session: Mapping[str, Any], user: User) -> bool:
    """Whether `user`, whose session this is, is still active and has the password with which they signed in.

    It is false too for a session signed by one of SECRET_KEY_FALLBACKS, which `django.contrib.auth.get_user`
    accepts and renews.
    """
    return (
        user.is_active
        and session.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
        and hmac.compare_digest(
            str(session.get(HASH_SESSION_KEY)).encode(), user.get_session_auth_hash().encode()
        )
    )
