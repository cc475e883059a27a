"""Words that were sent after their session had ended, on their way through the sign-in page.

They travel in the page itself, signed: what a stranger sends is stored nowhere. Forms say for whom they were
made (`as`), so that on a shared computer nobody is given another's words.
"""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.core import signing
from django.http import QueryDict

from network.models import Person

NAME = "kept"  # of the field in the sign-in form, and of the entry in a session
MOST = 50_000  # characters, with the names of fields; the longest post with all its fields is half of it
LASTS = 24 * 3600  # seconds
_SALT = "network.kept"


def sealed(fields: QueryDict, back: str) -> str:
    """The fields of a form, to be found at `back`; empty where it is too long or says not for whom it is."""
    chosen = {name: values for name, values in fields.lists() if name != "csrfmiddlewaretoken"}
    length = sum(len(name) + sum(map(len, values)) + len(values) for name, values in chosen.items())
    if "as" not in chosen or length > MOST:
        return ""
    return signing.dumps({"back": back, "fields": chosen}, salt=_SALT, compress=True)


def lay_down(session: SessionBase, person: Person | None, seal: str) -> None:
    """Put what was sealed for `person` into the session that they are signing in to; nothing of others'."""
    try:
        waiting: dict[str, Any] = signing.loads(seal, salt=_SALT, max_age=LASTS)
    except signing.BadSignature:
        return
    if person is not None and waiting["fields"]["as"] == [str(person.pk)]:
        session[NAME] = waiting


def take(session: SessionBase, person: Person, back: str) -> QueryDict | None:
    """What waits for `person` at this address, once; None where nothing does."""
    waiting = session.get(NAME)
    if waiting is None or waiting["back"] != back:
        return None
    del session[NAME]
    fields = QueryDict(mutable=True)
    for name, values in waiting["fields"].items():
        fields.setlist(name, values)
    return fields if fields.get("as") == str(person.pk) else None
