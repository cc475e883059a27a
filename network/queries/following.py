"""Follows, as a viewer sees them: lists of followers, and what stands between two people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from network import text
from network.errors import NotVisible
from network.models import Follow, Group, List, Mute, Person, Stream, Topic
from network.queries import groups, people
from network.queries.compiled import fetch
from network.queries.instances import Instances
from network.queries.listing import Rows, page
from network.queries.parameters import PERSON, ParameterList

Followable = Person | Topic | Group
ACCEPTED = Follow.State.ACCEPTED
SHORT = 140
FOLLOWS = Instances(Follow)


@dataclass(frozen=True)
class Line:
    """A person, topic or group in a list, with the viewer's follow.

    `was_removed`: the viewer was removed from this group.
    """

    what: Followable
    follow: Follow | None
    was_removed: bool = False

    @property
    def kind(self) -> str:
        """One of Stream.Kind."""
        return type(self.what).__name__.lower()

    @property
    def says(self) -> str:
        """The beginning of its description, as plain text."""
        said = self.what.bio if isinstance(self.what, Person) else self.what.description
        return text.excerpt(said, SHORT)


@dataclass(frozen=True)
class Relation:
    """The follows between a viewer and another person, in both directions, and the viewer's mute."""

    follow: Follow | None = None
    followed_back: Follow | None = None
    mute: Mute | None = None


def follows_of(viewer: Person | None, stream_ids: Iterable[int]) -> dict[int, Follow]:
    """The follows and requests of `viewer` for some streams, by stream. One query; none if signed out."""
    if viewer is None:
        return {}
    found = FOLLOWS.read(fetch(_follows, person=viewer.pk, streams=stream_ids))
    return {follow.stream_id: follow for follow in found}


def _follows() -> QuerySet[Follow, Any]:
    return FOLLOWS.select(Follow.objects.filter(follower=PERSON, stream__in=ParameterList("streams")))


def lines(viewer: Person | None, whats: Sequence[Followable]) -> list[Line]:
    """People, topics or groups as lines of a list. One query, two if there are groups."""
    follows = follows_of(viewer, [what.pk for what in whats])
    removed = groups.removed_from(viewer, [what.pk for what in whats if isinstance(what, Group)])
    return [Line(what, follows.get(what.pk), what.pk in removed) for what in whats]


def relation(viewer: Person | None, person: Person) -> Relation:
    """The relation of two people. Two queries; none if signed out."""
    if viewer is None or viewer.pk == person.pk:
        return Relation()
    both = Follow.objects.filter(
        Q(follower=viewer, stream=person.pk) | Q(follower=person, stream=viewer.pk, state=ACCEPTED)
    )
    follows = {follow.stream_id: follow for follow in both}
    mute = Mute.objects.filter(person=viewer, muted_person=person).first()
    return Relation(follows.get(person.pk), follows.get(viewer.pk), mute)


def may_see_lists(viewer: Person | None, person: Person) -> bool:
    """Whether `viewer` may see whom `person` follows and who follows them."""
    return not person.hides_follows or viewer == person


def followers(viewer: Person | None, person: Person, before: int | None = None) -> Rows[Line]:
    """The followers of `person`. Two queries. Raises NotVisible if they hide this list.

    A follower who hides their follows is listed only for the viewer themselves and for `person`.
    """
    if not may_see_lists(viewer, person):
        raise NotVisible
    rows = Follow.objects.filter(
        stream=person.pk, state=ACCEPTED, follower__in=_listed(viewer, person)
    ).select_related("follower")
    found = page(rows, before, by="follower_id")
    return found.map(lambda follows: lines(viewer, [follow.follower for follow in follows]))


def following(viewer: Person | None, person: Person, before: int | None = None) -> Rows[Line]:
    """The people, topics and groups that `person` follows. Three queries.

    Raises NotVisible if they hide this list.
    """
    if not may_see_lists(viewer, person):
        raise NotVisible
    rows = Follow.objects.filter(
        Q(stream__kind=Stream.Kind.TOPIC)
        | Q(stream__person__in=_listed(viewer, person))
        | Q(stream__group__in=groups.open_to(viewer)),
        follower=person,
        state=ACCEPTED,
    ).select_related("stream__person", "stream__topic", "stream__group")
    found = page(rows, before, by="stream_id")
    return found.map(lambda follows: lines(viewer, [followed(follow.stream) for follow in follows]))


def _listed(viewer: Person | None, person: Person) -> QuerySet[Person]:
    """People that `viewer` may see in a list of `person`: everybody in their own list.

    In the list of somebody else, only people who do not hide their follows, and the viewer.
    """
    visible = people.visible_to(viewer)
    if viewer is None:
        return visible.filter(hides_follows=False)
    return visible if viewer == person else visible.filter(Q(hides_follows=False) | Q(pk=viewer.pk))


def followed(stream: Stream) -> Followable:
    """The person, topic or group of a stream. No query if `select_related` has loaded it."""
    return getattr(stream, stream.kind)  # type: ignore[no-any-return]


def requests(person: Person, before: int | None = None) -> Rows[Follow]:
    """Requests to follow `person`, newest first. One query."""
    rows = Follow.objects.filter(stream=person.pk, state=Follow.State.REQUESTED).select_related("follower")
    return page(rows, before)


def numbers(person: Person) -> dict[str, int]:
    """How many streams `person` follows, by kind: {"topic": 3}. One query."""
    rows = Follow.objects.filter(follower=person, state=ACCEPTED).order_by().values_list("stream__kind")
    return dict(rows.annotate(number=Count("pk")))


def deliveries(person: Person, before: int | None = None, *, into: List | None = None) -> Rows[Follow]:
    """The follows of `person`, or only those that go into a list, newest first. One query."""
    rows = Follow.objects.filter(follower=person, state=ACCEPTED)
    if into is not None:
        rows = rows.filter(list=into)
    return page(rows.select_related("stream__person", "stream__topic", "stream__group"), before)
