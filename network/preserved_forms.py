"""Preserve a form that was sent after its session had ended, until its writer has signed in.

The fields travel in the sign-in page itself, signed, so the server stores nothing for people who are not
signed in. A form names the person for whom it was made (`as`), so on a shared computer nobody gets the words
of another person.
"""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.core import signing
from django.http import QueryDict

from network.models import Person

FIELD = "kept"  # in the sign-in form, and in the session
MAX_LENGTH = 50_000  # characters, with the names of fields; the longest possible post has half as many
MAX_AGE = 24 * 3600  # seconds
_SALT = "network.kept"


def sign(fields: QueryDict, path: str) -> str:
    """Return the fields of a form as a signed text, for the page at `path`.

    Empty where the fields are too long, or do not name their writer.
    """
    chosen = {name: values for name, values in fields.lists() if name != "csrfmiddlewaretoken"}
    length = sum(len(name) + sum(map(len, values)) + len(values) for name, values in chosen.items())
    if "as" not in chosen or length > MAX_LENGTH:
        return ""
    return signing.dumps({"back": path, "fields": chosen}, salt=_SALT, compress=True)


def store(session: SessionBase, person: Person | None, signed: str) -> None:
    """Store the fields in the session that `person` signs in to, if they were written by this person."""
    try:
        preserved: dict[str, Any] = signing.loads(signed, salt=_SALT, max_age=MAX_AGE)
    except signing.BadSignature:
        return
    if person is not None and preserved["fields"]["as"] == [str(person.pk)]:
        session[FIELD] = preserved


def pop(session: SessionBase, person: Person, path: str) -> QueryDict | None:
    """Remove and return the fields stored for `person` and the page at `path`; None where there are none."""
    preserved = session.get(FIELD)
    if preserved is None or preserved["back"] != path:
        return None
    del session[FIELD]
    fields = QueryDict(mutable=True)
    for name, values in preserved["fields"].items():
        fields.setlist(name, values)
    return fields if fields.get("as") == str(person.pk) else None
