"""Import people and follows from a social graph, thousands in one transaction.

This is the only bulk writer. It writes the same rows as `people.register` and `follows.follow`, without
deliveries: an import notifies nobody. It increments the generation of each follower, so their timelines are
rebuilt at the next read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from network import ids
from network.actions.counting import count, settle
from network.actions.finding import find_by_name
from network.actions.locking import hold
from network.actions.recording import TRIES
from network.errors import Refused
from network.models import Activity, Block, Follow, Person, Stream, details
from network.text.likeness import skeleton
from samples.names import name_of

Edge = tuple[int, int]


@dataclass(frozen=True)
class Imported:
    """The number of new people and follows in a batch."""

    people: int
    follows: int


def handle_of(number: int) -> str:
    """Return the handle of an imported person, such as "p07" or "p4038"."""
    return f"p{number:02}"


def befriend(edges: Iterable[Edge]) -> Imported:
    """Make the two people of each edge follow each other, in one transaction. Idempotent.

    People with a block between them are left out. Raises Refused where a handle belongs to a person with an
    account.
    """
    edges = list(edges)
    for _try in range(TRIES - 1):
        try:
            return _befriend(edges)
        except IntegrityError:
            continue  # another process drew one of the ids or made one of the people
    return _befriend(edges)


@transaction.atomic
def _befriend(edges: list[Edge]) -> Imported:
    numbers = {number for edge in edges for number in edge}
    people = _existing(numbers)
    missing = sorted(numbers - people.keys())
    hold(*(Person(pk=id) for id in people.values()))
    people |= _create(missing)
    pairs = {
        pair
        for first, second in edges
        for pair in ((people[first], people[second]), (people[second], people[first]))
    }
    new = sorted(pairs - _excluded(people.values()))
    _follow(new)
    return Imported(len(missing), len(new))


def _existing(numbers: set[int]) -> dict[int, int]:
    """Return the ids of the existing people, by number."""
    handles = {handle_of(number): number for number in numbers}
    found: dict[int, int] = {}
    rows = Person.objects.filter(handle__in=handles, domain="").values_list("handle", "pk", "user")
    for handle, person, user in rows:
        if user is not None:
            raise Refused(
                _("“%(handle)s” is the username of somebody who signs in here.") % {"handle": handle}
            )
        found[handles[handle]] = person
    return found


def _create(numbers: list[int]) -> dict[int, int]:
    made = {number: ids.next_id() for number in numbers}
    Stream.objects.bulk_create(Stream(pk=id, kind=Stream.Kind.PERSON) for id in made.values())
    people = [
        Person(stream_id=id, handle=handle_of(number), name=name_of(number)) for number, id in made.items()
    ]
    skeletons = {skeleton(person.handle) for person in people}
    taken = set(Person.objects.filter(skeleton__in=skeletons).values_list("skeleton", flat=True))
    for person in people:
        own = skeleton(person.handle)
        person.skeleton = None if own in taken else own
    Person.objects.bulk_create(people)
    find_by_name(*people)
    _record(Activity.Type.CREATE, ((id, id) for id in made.values()))
    return made


def _excluded(people: Iterable[int]) -> set[tuple[int, int]]:
    """Return the pairs of people between whom there is a follow already, or a block."""
    them = list(people)
    follows = Follow.objects.filter(follower__in=them, stream__in=them).values_list("follower", "stream")
    blocks = Block.objects.filter(blocker__in=them, blocked__in=them).values_list("blocker", "blocked")
    return {*follows, *blocks, *((blocked, blocker) for blocker, blocked in blocks)}


def _follow(pairs: list[tuple[int, int]]) -> None:
    Follow.objects.bulk_create(Follow(follower_id=follower, stream_id=stream) for follower, stream in pairs)
    _record(Activity.Type.FOLLOW, pairs, details.Request(state=Follow.State.ACCEPTED))
    Person.objects.filter(pk__in={follower for follower, _stream in pairs}).update(
        generation=F("generation") + 1
    )
    gained: dict[int, list[int]] = defaultdict(list)
    for stream, followers in Counter(stream for _follower, stream in pairs).items():
        gained[followers].append(stream)
    for followers, streams in gained.items():
        count(Stream.objects.filter(pk__in=streams), "followers_count", followers)
    settle(Stream.objects.filter(pk__in={stream for _follower, stream in pairs}))


def _record(
    type: Activity.Type, acts: Iterable[tuple[int, int]], detail: details.Detail | None = None
) -> None:
    """Record the activities of (actor, stream) pairs."""
    stored = detail.to_dict() if detail is not None else {}
    Activity.objects.bulk_create(
        Activity(pk=ids.next_id(), type=type, actor_id=actor, stream_id=stream, detail=stored)
        for actor, stream in acts
    )
