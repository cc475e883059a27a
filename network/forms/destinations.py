"""Where the words of a form may go: fixed by the page that offers the form, and signed.

A browser can bring back a select, a hidden field or a draft from another page. The signature holds what the
form was made for, and whose it is, so the server posts there or refuses.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext as _

from network import ids
from network.errors import Invalid
from network.models import Group, Person, Post


class Kind(StrEnum):
    HOME = "home"  # any place that the writer may post to; chosen in the form
    GROUP = "group"  # a group; where it is open, another place can be chosen
    PERSON = "person"  # a message to one person
    PEOPLE = "people"  # a message; the form names the people
    THREAD = "thread"  # a comment


@dataclass(frozen=True)
class Destination:
    """What a form is made for. `id` is that of the group, the person, or the thread (its root)."""

    kind: Kind
    id: int = 0

    @property
    def name(self) -> str:
        """A name such as "home" or "group-5". The browser keeps the form's draft under it."""
        return f"{self.kind}-{self.id}" if self.id else str(self.kind)

    def signed(self, person: Person) -> str:
        """The name as a form of `person` carries it."""
        return _signer(person).sign(self.name)


HOME = Destination(Kind.HOME)
PEOPLE = Destination(Kind.PEOPLE)


def of_group(group: Group) -> Destination:
    return Destination(Kind.GROUP, group.pk)


def of_person(person: Person) -> Destination:
    return Destination(Kind.PERSON, person.pk)


def of_thread(post: Post) -> Destination:
    return Destination(Kind.THREAD, post.thread_id)


def named(name: str) -> Destination | None:
    """The destination with that name; None where there is none. Says nothing of rights."""
    try:
        kind = Kind(name.partition("-")[0])
    except ValueError:
        return None
    found = Destination(kind, ids.parse(name.partition("-")[2]) or 0)
    has_id = kind not in (Kind.HOME, Kind.PEOPLE)
    return found if found.name == name and bool(found.id) == has_id else None


def read(person: Person, raw: str) -> Destination:
    """What a form that `person` sent was made for. Raises Invalid where it does not say, or not truly."""
    try:
        found = named(_signer(person).unsign(raw))
    except BadSignature:
        found = None
    if found is None:
        raise Invalid(_("We cannot tell where this was meant to go, so it was not sent."))
    return found


def _signer(person: Person) -> Signer:
    return Signer(salt=f"network.forms.destinations:{person.pk}")
