"""A digest: what happened in the streams that a person follows, a person, group or topic at a time.

First come the follows whose place is the digest; the others only where the person wants the whole. What is
told is read by the same rules as a home, and each thread stands once, in the first part that brought it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Max, Q
from django.utils import translation
from django.utils.translation import ngettext

from feeds import follow_rule
from feeds.mail import composition
from feeds.mail.outgoing import Composed
from feeds.models import Letter, Mailing
from feeds.reading import entries
from network import ids
from network.models import Follow, Person, Post, Publication
from network.queries.following import Followable, followed
from network.queries.rights import may_read, not_muted
from network.queries.showing import Shown, show_not_muted

# Threads of one part, and what is looked at for all of them.
THREADS = 10
MOST = 500


@dataclass(frozen=True)
class Thread:
    """A thread in which something happened."""

    shown: Shown
    is_new: bool  # it began in this time
    comments: int  # that came in this time and may be read


@dataclass(frozen=True)
class Part:
    """What happened in one stream; `more` threads are not shown."""

    what: Followable
    threads: list[Thread] = field(default_factory=list)
    more: int = 0


@dataclass(frozen=True)
class Digest:
    since: datetime
    parts: list[Part]

    @property
    def number(self) -> int:
        """How many threads something happened in."""
        return sum(len(part.threads) + part.more for part in self.parts)


def read(person: Person, since: int, upto: int = ids.MAX, *, whole: bool = False) -> Digest:
    """What happened with ids from `since` (left out) to `upto`. Eight queries at most."""
    brought = _brought(person, since, upto, whole)
    follows = Follow.objects.filter(follower=person, stream__in=brought)
    held = {follow.stream_id: follow for follow in follows.select_related(*STREAMS)}
    # Those that go nowhere but to the digest first, then where most lately something happened.
    known = [id for id in brought if id in held]
    order = sorted(known, key=lambda id: (held[id].place != Follow.Place.DIGEST, -max(brought[id].values())))
    told: set[int] = set()
    chosen: dict[int, list[int]] = {}
    for stream in order:
        threads = [thread for thread in brought[stream] if thread not in told]
        told.update(threads)
        if threads:
            chosen[stream] = threads
    shown = show_not_muted(person, [thread for threads in chosen.values() for thread in threads[:THREADS]])
    comments = _comments(person, shown, since, upto)
    parts = [_part(followed(held[id].stream), chosen[id], shown, comments, since) for id in chosen]
    return Digest(ids.at(since), [part for part in parts if part.threads])


def write(letter: Letter, now: datetime) -> Composed:
    """The digest that a person asked for; none where nothing happened."""
    person = letter.person
    mailing = getattr(person, "mailing", None)
    email = composition.address_of(person)
    if email is None or mailing is None or mailing.digest == Mailing.Every.NEVER:
        return Composed(None)
    digest = read(person, letter.since, ids.first_at(now), whole=mailing.whole)
    if not digest.parts:
        return Composed(None)
    with translation.override(settings.LANGUAGE_CODE):
        names = ", ".join(str(part.what) for part in digest.parts[:3])
        said = ngettext("%(n)d thread from %(names)s", "%(n)d threads from %(names)s", digest.number)
        subject = said % {"n": digest.number, "names": names}
    return Composed(composition.letter(person, email, letter.kind, subject, {"digest": digest}))


def _brought(person: Person, since: int, upto: int, whole: bool) -> dict[int, dict[int, int]]:
    """For each stream, the threads in which something happened, newest first, each with its newest entry."""
    brought = follow_rule.brought_by(person, Q() if whole else Q(place=Follow.Place.DIGEST))
    published = Publication.objects.filter(brought, activity__gt=since, activity__lte=upto)
    rows = entries.visible(person, published).exclude(actor=person).order_by()
    newest = rows.values_list("stream", "thread").annotate(newest=Max("activity")).order_by("-newest")
    found: dict[int, dict[int, int]] = {}
    for stream, thread, activity in newest[:MOST]:
        found.setdefault(stream, {})[thread] = activity
    return found


def _comments(person: Person, shown: dict[int, Shown], since: int, upto: int) -> dict[int, int]:
    """How many comments of some threads came in a time, of those that may be read and are wanted."""
    rows = Post.objects.filter(
        may_read(person), not_muted(person), thread__in=shown, pk__gt=since, pk__lte=upto
    )
    counted = rows.exclude(parent=None).order_by().values_list("thread").annotate(number=Count("pk"))
    return dict(counted)


def _part(
    what: Followable, threads: list[int], shown: dict[int, Shown], comments: dict[int, int], since: int
) -> Part:
    found = [
        Thread(shown[id], id > since, comments.get(id, 0))
        # Of a thread whose root is gone or muted nothing is left to say.
        for id in threads[:THREADS]
        if id in shown
    ]
    return Part(what, found, max(len(threads) - THREADS, 0))


STREAMS = ("stream__person", "stream__topic", "stream__group")
