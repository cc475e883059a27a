"""Mutes: a person, topic, thread or word is left out of one's feeds, with or without an end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from network import text
from network.actions.locking import hold
from network.actions.recording import record
from network.errors import Invalid
from network.models import Activity, Mute, Person, Post, Topic, details
from network.queries import posts

# Characters in the column. Folding makes words of scripts without spaces longer.
LONGEST = 118


@transaction.atomic
def mute_person(person: Person, other: Person, *, until: timedelta | None = None) -> Mute:
    """Mute the posts and reshares of a person, who is not notified."""
    if person.pk == other.pk:
        raise Invalid(_("You cannot mute yourself."))
    hold(person)
    return _mute(person, until, muted_person=other)


@transaction.atomic
def mute_topic(person: Person, topic: Topic, *, until: timedelta | None = None) -> Mute:
    """Mute threads about a topic."""
    hold(person, shared=[topic])
    return _mute(person, until, topic=topic.alias_of or topic)


@transaction.atomic
def mute_thread(person: Person, post: Post, *, until: timedelta | None = None) -> Mute:
    """Mute the thread of a post. Raises NotVisible."""
    hold(person)
    return _mute(person, until, thread=posts.find(person, post.pk).thread)


@transaction.atomic
def mute_word(person: Person, word: str, *, until: timedelta | None = None) -> Mute:
    """Mute posts with a word or phrase, in upper or lower case. Raises Invalid."""
    written = text.clean(word, limit=text.OPTION)
    folded = text.muted_form(written)
    if folded is None:
        raise Invalid(_("Enter a word, or a few."))
    if len(folded) > LONGEST:
        raise Invalid(_("This is more than a phrase. Enter a word, or a few."))
    hold(person)
    return _mute(person, until, written=written, word=f" {folded} ")


@transaction.atomic
def unmute(person: Person, mute: Mute) -> None:
    """Remove a mute."""
    hold(person)
    deleted, _rows = Mute.objects.filter(person=person, pk=mute.pk).delete()
    if deleted:
        record(Activity.Type.UNDO, person, detail=details.Undo(of="Ignore"))


def _mute(person: Person, until: timedelta | None, *, written: str = "", **what: Any) -> Mute:
    ends = None if until is None else timezone.now() + until
    defaults = {"until": ends, "written": written}
    mute, _created = Mute.objects.update_or_create(person=person, **what, defaults=defaults)
    record(Activity.Type.IGNORE, person)
    return mute
