"""The digest: threads with news in the streams that a person follows, in a part for each stream.

Parts of follows whose place is the digest come first. Parts of other follows are there only if the person
wants the whole. The rules of reading are those of a home. Each thread appears once, in the first part that
has it.
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

THREADS = 10  # in one part
MOST = 500  # threads in all parts, before they are read


@dataclass(frozen=True)
class Thread:
    """A thread with news."""

    shown: Shown
    is_new: bool  # whether it began in the time of the digest
    comments: int  # of this time that the person may read


@dataclass(frozen=True)
class Part:
    """The threads of one stream with news; `more` of them are not in `threads`."""

    what: Followable
    threads: list[Thread] = field(default_factory=list)
    more: int = 0


@dataclass(frozen=True)
class Digest:
    since: datetime
    parts: list[Part]

    @property
    def number(self) -> int:
        """How many threads have news."""
        return sum(len(part.threads) + part.more for part in self.parts)


def read(person: Person, since: int, upto: int = ids.MAX, *, whole: bool = False) -> Digest:
    """The digest of activities with ids above `since` and up to `upto`. Eight queries at most."""
    brought = _brought(person, since, upto, whole)
    follows = Follow.objects.filter(follower=person, stream__in=brought)
    follow_of = {follow.stream_id: follow for follow in follows.select_related(*STREAMS)}
    # Follows whose place is the digest first, then streams with the latest news.
    known = [id for id in brought if id in follow_of]
    order = sorted(
        known, key=lambda id: (follow_of[id].place != Follow.Place.DIGEST, -max(brought[id].values()))
    )
    seen: set[int] = set()
    chosen: dict[int, list[int]] = {}
    for stream in order:
        threads = [thread for thread in brought[stream] if thread not in seen]
        seen.update(threads)
        if threads:
            chosen[stream] = threads
    shown = show_not_muted(person, [thread for threads in chosen.values() for thread in threads[:THREADS]])
    comments = _comments(person, shown, since, upto)
    parts = [_part(followed(follow_of[id].stream), chosen[id], shown, comments, since) for id in chosen]
    return Digest(ids.at(since), [part for part in parts if part.threads])


def write(letter: Letter, now: datetime) -> Composed:
    """Write the digest that a person asked for; no message if there is no news."""
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
        text = ngettext("%(n)d thread from %(names)s", "%(n)d threads from %(names)s", digest.number)
        subject = text % {"n": digest.number, "names": names}
    return Composed(composition.letter(person, email, letter.kind, subject, {"digest": digest}))


def _brought(person: Person, since: int, upto: int, whole: bool) -> dict[int, dict[int, int]]:
    """By stream, the threads with news, each with the id of its newest entry, the newest first."""
    brought = follow_rule.brought_by(person, Q() if whole else Q(place=Follow.Place.DIGEST))
    published = Publication.objects.filter(brought, activity__gt=since, activity__lte=upto)
    rows = entries.visible(person, published).exclude(actor=person).order_by()
    newest = rows.values_list("stream", "thread").annotate(newest=Max("activity")).order_by("-newest")
    found: dict[int, dict[int, int]] = {}
    for stream, thread, activity in newest[:MOST]:
        found.setdefault(stream, {})[thread] = activity
    return found


def _comments(person: Person, shown: dict[int, Shown], since: int, upto: int) -> dict[int, int]:
    """By thread, how many comments of this time the person may read and has not muted."""
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
        # A thread whose root is deleted or muted is not shown.
        for id in threads[:THREADS]
        if id in shown
    ]
    return Part(what, found, max(len(threads) - THREADS, 0))


STREAMS = ("stream__person", "stream__topic", "stream__group")
