"""Following people and topics. Joining a group, which is a follow with a role, is in `groups`."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from network.actions import watches
from network.actions.counting import count_follower
from network.actions.locking import hold
from network.actions.recording import record
from network.errors import Invalid, NotVisible
from network.models import Activity, Follow, List, Person, Stream
from network.queries import lists, people


@transaction.atomic
def follow(person: Person, stream: Stream) -> Follow:
    """Follow a person or a topic, or ask to where the person approves followers. Twice is once.

    Raises NotVisible for a person with whom there is a block, Invalid for oneself and for groups.
    """
    if stream.pk == person.pk:
        raise Invalid(_("You always see your own posts; there is no need to follow yourself."))
    if stream.kind == Stream.Kind.GROUP:
        raise Invalid(_("A group is joined, not followed."))
    asks = False
    if stream.kind == Stream.Kind.PERSON:
        hold(person, shared=[Person(pk=stream.pk)])
        asks = people.find(person, stream.pk).approves_followers
    else:
        hold(person, shared=[stream.topic])
        stream = _led_to(stream)
    state = Follow.State.REQUESTED if asks else Follow.State.ACCEPTED
    follow, created = Follow.objects.get_or_create(follower=person, stream=stream, defaults={"state": state})
    if created:
        if not asks:
            admit(follow)
        record(Activity.Type.FOLLOW, person, stream=stream, detail={"state": follow.state})
    return follow


@transaction.atomic
def unfollow(person: Person, stream: Stream) -> None:
    """Stop following a person or a topic, or take the request back. Twice is once.

    Raises Invalid for groups, which are left.
    """
    if stream.kind == Stream.Kind.GROUP:
        raise Invalid(_("A group is left, not unfollowed."))
    if stream.kind == Stream.Kind.TOPIC:
        hold(person, shared=[stream.topic])
        stream = _led_to(stream)
    else:
        hold(person)
    if end(Follow.objects.filter(follower=person, stream=stream)):
        record(Activity.Type.UNDO, person, stream=stream, detail={"of": "Follow"})


@transaction.atomic
def accept(person: Person, follower: Person) -> None:
    """Let somebody who asked follow `person`. Raises NotVisible where nobody asked."""
    hold(person, follower)
    follow = Follow.objects.filter(follower=follower, stream=person.pk).first()
    if follow is None:
        raise NotVisible
    if follow.state == Follow.State.REQUESTED:
        admit(follow)
        record(Activity.Type.ACCEPT, person, stream=follower.stream, detail={"of": "Follow"})


@transaction.atomic
def remove_follower(person: Person, follower: Person) -> None:
    """End somebody's following of `person`, or decline their request. They are not told."""
    hold(person, follower)
    if end(Follow.objects.filter(follower=follower, stream=person.pk)):
        record(Activity.Type.REJECT, person, stream=follower.stream, detail={"of": "Follow"})


@transaction.atomic
def deliver(
    person: Person,
    stream: Stream,
    *,
    place: Follow.Place | List,
    comments: Follow.Comments | None = None,
    reshares: bool | None = None,
    folds: bool | None = None,
) -> None:
    """Say where what is published to a followed stream goes: home, a list of one's own, the digest.

    Switches that are not given stay as they are. Changes no right. Raises NotVisible where `person` does not
    follow the stream, or the list is not theirs.
    """
    hold(person)
    if isinstance(place, List):
        into: dict[str, Any] = {"place": Follow.Place.LIST, "list": lists.find(person, place.pk)}
    else:
        into = {"place": place, "list": None}
    switches = {"comments": comments, "reshares": reshares, "folds": folds}
    delivery = into | {name: said for name, said in switches.items() if said is not None}
    changed = Follow.objects.filter(follower=person, stream=stream).exclude(**delivery)
    if changed.update(**delivery):
        turn(person)
        record(Activity.Type.UPDATE, person, stream=stream, detail={"of": "Follow"})
    elif not Follow.objects.filter(follower=person, stream=stream).exists():
        raise NotVisible


def _led_to(stream: Stream) -> Stream:
    """The stream of a topic or, for an alias, of the topic that it leads to."""
    return stream if stream.topic.alias_of is None else stream.topic.alias_of.stream


def admit(follow: Follow, role: Follow.Role = Follow.Role.NONE) -> None:
    """Make a follow count: state, role, the stream's counter, the follower's generation.

    The caller holds the follower.
    """
    follow.state = Follow.State.ACCEPTED
    follow.role = role
    follow.save(update_fields=["state", "role"])
    count_follower(follow.stream_id, +1)
    turn(follow.follower)


def turn(person: Person) -> None:
    """Move a person's generation: their home may now hold older entries that their timeline lacks."""
    Person.objects.filter(pk=person.pk).update(generation=F("generation") + 1)


def end(follows: QuerySet[Follow]) -> int:
    """Remove follows of any state with their counts and what was heard by them; how many there were.

    The caller holds the followers, so what is listed is what is deleted.
    """
    rows = list(follows)
    follows.delete()
    watches.end_with(rows)
    for stream in sorted(row.stream_id for row in rows if row.state == Follow.State.ACCEPTED):
        count_follower(stream, -1)
    return len(rows)
