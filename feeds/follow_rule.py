"""What a follow lets in by its switches: the rule, for queries of the ORM and in SQL.

Posts always; reshares where the follow says so; comments all, none, or *some*: those where the follower is
concerned. A follower is concerned by a comment where they follow both sides, its author and the author of
what it answers, in whatever place these follows are; and where they take part in the thread, from their
first post or comment there on. What they wrote still counts when it was hidden or deleted since.

`realtime/visibility/filtering.py` says the same in memory; a test of it
holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import CharField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from network.models import Follow, Post, Publication
from network.queries.rights import Viewer

KIND, COMMENTS = Publication.Kind, Follow.Comments
Column = Callable[[str], Any]


def brought_by(person: Viewer, goes: Q) -> Exists:
    """Publications that some follows of `person` bring, by the switches of each."""
    follows = Follow.objects.filter(
        goes, follower=person, stream=OuterRef("stream"), state=Follow.State.ACCEPTED
    )
    return Exists(lets_in(follows))


def lets_in(follows: QuerySet[Follow]) -> QuerySet[Follow]:
    """Of some follows, those that let in the publication of the query around them."""
    kind = ExpressionWrapper(OuterRef("kind"), CharField())
    rule = Q(kind=KIND.POST) | Q(kind=KIND.COMMENT) & _comment(_around) | Q(kind=KIND.RESHARE, reshares=True)
    return follows.annotate(kind=kind).filter(rule)


def of_entry(kind: str, of: Column) -> Q:
    """Follows that let in one entry; `of` gives what a column of its publication holds."""
    match KIND(kind):
        case KIND.POST:
            return Q()
        case KIND.RESHARE:
            return Q(reshares=True)
        case KIND.COMMENT:
            return _comment(of)


def _comment(of: Column) -> Q:
    """Follows that let in a comment; `of` gives a column of its publication, as a subquery names it."""
    both_sides = _followed(of("actor")) & _followed(of("answered"))
    own = Post.objects.filter(thread=of("thread"), author=OuterRef("follower"), pk__lte=of("activity"))
    return Q(comments=COMMENTS.ALL) | Q(comments=COMMENTS.SOME) & (both_sides | Q(Exists(own)))


def _followed(person: Any) -> Q:
    accepted = Follow.objects.filter(stream=person, state=Follow.State.ACCEPTED)
    return Q(Exists(accepted.filter(follower=OuterRef("follower"))))


def _around(column: str) -> OuterRef:
    return OuterRef(OuterRef(column))


# The same of `follow` and `publication`, with everybody whom the reader follows in `sides`.
SQL = """
  (kind = 'post' OR (kind = 'reshare' AND reshares) OR (kind = 'comment' AND (comments = 'all' OR (
    comments = 'some' AND (
      actor_id IN (SELECT stream_id FROM sides) AND answered_id IN (SELECT stream_id FROM sides)
      OR EXISTS (
        SELECT 1 FROM network_post AS own WHERE own.thread_id = publication.thread_id
          AND own.author_id = %(person)s AND own.id <= publication.activity_id
      )
    )
  ))))
"""
