"""What there is to find: people, topics, groups and posts that are open to all, and a search by name.

Ranked plainly, by followers or by age. What somebody follows or muted is left out, unless they search for
it by name.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from network import text
from network.models import Mute, Person, Post, Publication, Topic
from network.queries import groups, people, posts
from network.queries.following import Line, lines
from network.queries.listing import PAGE, Ranked, Rows, most_followed, page
from network.queries.rights import followed_by, groups_of, wants
from network.queries.showing import Card, show_wanted


def people_to_find(
    viewer: Person | None, words: str = "", place: Ranked | None = None, *, size: int = PAGE
) -> Rows[Line]:
    """People, by name or handle where words are given. Two queries."""
    found = people.visible_to(viewer)
    if words:
        found = found.filter(Q(name__icontains=words) | Q(handle__icontains=words.removeprefix("@")))
    elif viewer is not None:
        known = Q(pk=viewer.pk) | Q(pk__in=followed_by(viewer)) | Q(pk__in=_muted(viewer, "muted_person"))
        found = found.exclude(known)
    return most_followed(found, place, size=size).map(lambda rows: lines(viewer, rows))


def topics_to_find(
    viewer: Person | None, words: str = "", place: Ranked | None = None, *, size: int = PAGE
) -> Rows[Line]:
    """Topics, by name where words are given. Two queries.

    One that was named in hidden places alone is not there to find: its name would tell of them.
    """
    said = Exists(Publication.objects.filter(stream=OuterRef("pk")))
    open_to_all = said | Q(stream__followers_count__gt=0) | ~Q(description="")
    found = Topic.objects.filter(open_to_all, alias_of=None)
    if words:
        named = Q(title__icontains=words) | Q(aliases__title__icontains=words)
        name = text.topic_name(words.replace(" ", "_"))
        found = found.filter(named | Q(name__contains=name) if name else named).distinct()
    elif viewer is not None:
        found = found.exclude(Q(pk__in=followed_by(viewer)) | Q(pk__in=_muted(viewer, "topic")))
    return most_followed(found, place, size=size).map(lambda rows: lines(viewer, rows))


def groups_to_find(
    viewer: Person | None, words: str = "", place: Ranked | None = None, *, size: int = PAGE
) -> Rows[Line]:
    """Groups that can be joined, by name where words are given. Two queries."""
    found = groups.visible_to(viewer)
    if words:
        found = found.filter(Q(name__icontains=words) | Q(description__icontains=words))
    else:
        found = found.filter(closed_at=None)
        if viewer is not None:
            found = found.exclude(pk__in=groups_of(viewer))
    return most_followed(found, place, size=size).map(lambda rows: lines(viewer, rows))


def threads_to_find(viewer: Person | None, before: int | None = None, *, size: int = PAGE) -> Rows[Card]:
    """Root posts that are open to all, newest first. Six queries at most."""
    found = posts.readable_by(viewer).filter(parent=None, audience=Post.Audience.PUBLIC)
    if viewer is not None:
        found = found.filter(wants(viewer))
    return page(found, before, size=size).map(lambda roots: _cards(viewer, roots))


def clean(raw: str) -> str:
    """The words of a search as they are compared: one line, not too long."""
    return text.clean(raw[: text.NAME.most], limit=text.NAME, required=False)


def _cards(viewer: Person | None, roots: list[Post]) -> list[Card]:
    shown = show_wanted(viewer, [root.pk for root in roots])
    return [Card(shown[root.pk]) for root in roots if root.pk in shown]


def _muted(viewer: Person, column: str) -> QuerySet[Mute, int]:
    lasting = Mute.objects.filter(Q(until=None) | Q(until__gt=timezone.now()), person=viewer)
    return lasting.exclude(**{column: None}).values_list(column, flat=True)
