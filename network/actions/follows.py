"""Following people and topics. Joining a group, which is a follow with a role, is in `groups`."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from network.actions import watches
from network.actions.counting import count_follower
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
        asks = people.find(person, stream.pk).approves_followers
    else:
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
    stream = _led_to(stream)
    if end(Follow.objects.filter(follower=person, stream=stream)):
        record(Activity.Type.UNDO, person, stream=stream, detail={"of": "Follow"})


@transaction.atomic
def accept(person: Person, follower: Person) -> None:
    """Let somebody who asked follow `person`. Raises NotVisible where nobody asked."""
    follow = Follow.objects.select_for_update().filter(follower=follower, stream=person.pk).first()
    if follow is None:
        raise NotVisible
    if follow.state == Follow.State.REQUESTED:
        admit(follow)
        record(Activity.Type.ACCEPT, person, stream=follower.stream, detail={"of": "Follow"})


@transaction.atomic
def remove_follower(person: Person, follower: Person) -> None:
    """End somebody's following of `person`, or decline their request. They are not told."""
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
    if isinstance(place, List):
        into: dict[str, Any] = {"place": Follow.Place.LIST, "list": lists.hold(person, place.pk)}
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
    """The stream that an alias leads to; any other is itself."""
    if stream.kind != Stream.Kind.TOPIC or stream.topic.alias_of is None:
        return stream
    return stream.topic.alias_of.stream


def admit(follow: Follow, role: Follow.Role = Follow.Role.NONE) -> None:
    """Make a follow count: state, role, the stream's counter, the follower's generation."""
    follow.state = Follow.State.ACCEPTED
    follow.role = role
    follow.save(update_fields=["state", "role"])
    count_follower(follow.stream_id, +1)
    turn(follow.follower)


def turn(person: Person) -> None:
    """Move a person's generation: their home may now hold older entries that their timeline lacks."""
    Person.objects.filter(pk=person.pk).update(generation=F("generation") + 1)


def end(follows: QuerySet[Follow]) -> int:
    """Remove follows of any state with their counts and what was heard by them; how many there were."""
    rows = list(follows.select_for_update())
    follows.delete()
    watches.end_with(rows)
    for row in rows:
        if row.state == Follow.State.ACCEPTED:
            count_follower(row.stream_id, -1)
    return len(rows)
