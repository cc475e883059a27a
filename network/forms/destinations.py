"""The destination of a form: set by the page that has the form, and signed.

A browser may restore a select, a hidden field or a draft from another page. The signed destination names what
the form was made for and who uses it, so the server posts there or refuses.
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
    """What a form is made for. `id` is the id of the group, the person or the thread (its root)."""

    kind: Kind
    id: int = 0

    @property
    def name(self) -> str:
        """A name such as "home" or "group-5". The browser stores the draft of the form under it."""
        return f"{self.kind}-{self.id}" if self.id else str(self.kind)

    def signed(self, person: Person) -> str:
        """Return the name, signed for a form of `person`."""
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
    """Return the destination with that name; None where there is none. Does not check rights."""
    try:
        kind = Kind(name.partition("-")[0])
    except ValueError:
        return None
    found = Destination(kind, ids.parse(name.partition("-")[2]) or 0)
    has_id = kind not in (Kind.HOME, Kind.PEOPLE)
    return found if found.name == name and bool(found.id) == has_id else None


def read(person: Person, raw: str) -> Destination:
    """Return the destination of a form that `person` sent. Raises Invalid where the signature is wrong."""
    try:
        found = named(_signer(person).unsign(raw))
    except BadSignature:
        found = None
    if found is None:
        raise Invalid(_("We cannot tell where this was meant to go, so it was not sent."))
    return found


def _signer(person: Person) -> Signer:
    return Signer(salt=f"network.forms.destinations:{person.pk}")
