"""The post that the sentence of a notice names, and whether its reader may read it and has not muted it."""

from __future__ import annotations

from django.db.models import BigIntegerField, Case, Exists, F, OuterRef, Q, QuerySet, When

from feeds.models import Notification
from network.models import Activity, Person, Post
from network.queries.rights import may_read, not_muted

Kind = Notification.Kind

IS_QUOTE = Q(kind=Kind.RESHARE, activity__type=Activity.Type.CREATE)
NAMED = Case(
    When(IS_QUOTE, then=F("activity__post__quotes")),
    When(kind__in=(Kind.THANKS, Kind.RESHARE), then=F("activity__post")),
    default=F("activity__post__thread"),
    output_field=BigIntegerField(),
)


def with_named(rows: QuerySet[Notification], person: Person) -> QuerySet[Notification]:
    """Notices of `person` with `may_read_named` and `has_not_muted_named`."""
    named = Post.objects.filter(pk=OuterRef("named"))
    return rows.annotate(named=NAMED).annotate(
        may_read_named=Exists(named.filter(may_read(person))),
        has_not_muted_named=Exists(named.filter(not_muted(person))),
    )


def is_quote(notice: Notification) -> bool:
    """Whether a reshare has words: it is a post of its own."""
    return notice.kind == Kind.RESHARE and notice.activity.type == Activity.Type.CREATE


def post_of(notice: Notification) -> Post | None:
    """One's own post that was quoted, thanked for or passed on; else the thread."""
    post = notice.activity.post
    if post is None or is_quote(notice):
        return post and post.quotes
    return post if notice.kind in (Kind.THANKS, Kind.RESHARE) else post.thread
