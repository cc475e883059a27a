"""Explore: people, topics, groups and public posts, and a search by name.

Results are ordered by followers or by age. What the viewer follows or muted is left out, except in a search
by name.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone

from network import text
from network.models import Mute, Person, Post, SearchWord, Topic
from network.queries import groups, people, posts, topics
from network.queries.following import Line, lines
from network.queries.listing import PAGE, Ranked, Rows, most_followed, page
from network.queries.rights import followed_by, groups_of, not_muted
from network.queries.showing import Card, show_not_muted


def people_to_find(
    viewer: Person | None, words: str = "", place: Ranked | None = None, *, size: int = PAGE
) -> Rows[Line]:
    """People; with `words`, those whose name or handle matches. Two queries."""
    found = people.visible_to(viewer)
    if words:
        found = found.filter(named(words))
    elif viewer is not None:
        known = Q(pk=viewer.pk) | Q(pk__in=followed_by(viewer)) | Q(pk__in=_muted(viewer, "muted_person"))
        found = found.exclude(known)
    return most_followed(found, place, size=size).map(lambda rows: lines(viewer, rows))


def topics_to_find(
    viewer: Person | None, words: str = "", place: Ranked | None = None, *, size: int = PAGE
) -> Rows[Line]:
    """Known topics; with `words`, those whose name matches. Two queries."""
    found = Topic.objects.filter(topics.known(viewer), alias_of=None)
    if words:
        aliases = Topic.objects.filter(named(words)).exclude(alias_of=None).values("alias_of")
        found = found.filter(named(words) | Q(pk__in=aliases))
    elif viewer is not None:
        found = found.exclude(Q(pk__in=followed_by(viewer)) | Q(pk__in=_muted(viewer, "topic")))
    return most_followed(found, place, size=size).map(lambda rows: lines(viewer, rows))


def groups_to_find(
    viewer: Person | None, words: str = "", place: Ranked | None = None, *, size: int = PAGE
) -> Rows[Line]:
    """Groups that are open for joining; with `words`, all whose name matches. Three queries."""
    found = groups.visible_to(viewer)
    if words:
        found = found.filter(named(words))
    else:
        found = found.filter(closed_at=None)
        if viewer is not None:
            found = found.exclude(pk__in=groups_of(viewer))
    return most_followed(found, place, size=size).map(lambda rows: lines(viewer, rows))


def threads_to_find(viewer: Person | None, before: int | None = None, *, size: int = PAGE) -> Rows[Card]:
    """Public root posts, newest first. Six queries at most."""
    found = posts.readable_by(viewer).filter(parent=None, audience=Post.Audience.PUBLIC)
    if viewer is not None:
        found = found.filter(not_muted(viewer))
    return page(found, before, size=size).map(lambda roots: _cards(viewer, roots))


def named(words: str) -> Q:
    """Rows with a name in which a word begins with each of `words`, in any order."""
    asked = [_begun_with(alternative) for alternative in text.sought(words)]
    # A union: with OR, PostgreSQL would read the whole table instead of the index.
    return Q(pk__in=asked[0].union(*asked[1:])) if asked else Q(pk__in=[])


def _begun_with(words: tuple[str, ...]) -> QuerySet[SearchWord, int]:
    first, *others = words
    found = SearchWord.objects.filter(word__startswith=first)
    for word in others:
        found = SearchWord.objects.filter(word__startswith=word, stream__in=found.values("stream"))
    return found.values_list("stream", flat=True)


def clean(raw: str) -> str:
    """The words of a search, on one line and not too long."""
    return text.clean(raw[: text.NAME.most], limit=text.NAME, required=False)


def _cards(viewer: Person | None, roots: list[Post]) -> list[Card]:
    shown = show_not_muted(viewer, [root.pk for root in roots])
    return [Card(shown[root.pk]) for root in roots if root.pk in shown]


def _muted(viewer: Person, column: str) -> QuerySet[Mute, int]:
    lasting = Mute.objects.filter(Q(until=None) | Q(until__gt=timezone.now()), person=viewer)
    return lasting.exclude(**{column: None}).values_list(column, flat=True)
