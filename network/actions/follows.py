"""Follows of people and topics. Memberships, which are follows with a role, are in `memberships`."""

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
from network.models import Activity, Follow, List, Person, Stream, details
from network.queries import lists, people


@transaction.atomic
def follow(person: Person, stream: Stream) -> Follow:
    """Follow a person or topic, or request it if the person approves followers. Idempotent.

    Raises NotVisible for a person with a block, Invalid for oneself and for groups.
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
        record(Activity.Type.FOLLOW, person, stream=stream, detail=details.Request(state=follow.state))
    return follow


@transaction.atomic
def unfollow(person: Person, stream: Stream) -> None:
    """Stop following a person or topic, or withdraw the request. Idempotent. Raises Invalid for groups."""
    if stream.kind == Stream.Kind.GROUP:
        raise Invalid(_("A group is left, not unfollowed."))
    if stream.kind == Stream.Kind.TOPIC:
        hold(person, shared=[stream.topic])
        stream = _led_to(stream)
    else:
        hold(person)
    if end(Follow.objects.filter(follower=person, stream=stream)):
        record(Activity.Type.UNDO, person, stream=stream, detail=details.Undo(of="Follow"))


@transaction.atomic
def accept(person: Person, follower: Person) -> None:
    """Accept a request to follow `person`. Raises NotVisible if there is none."""
    hold(person, follower)
    follow = Follow.objects.filter(follower=follower, stream=person.pk).first()
    if follow is None:
        raise NotVisible
    if follow.state == Follow.State.REQUESTED:
        admit(follow)
        record(Activity.Type.ACCEPT, person, stream=follower.stream, detail=details.Accept(of="Follow"))


@transaction.atomic
def remove_follower(person: Person, follower: Person) -> None:
    """Remove a follower of `person`, or decline a request. They are not notified."""
    hold(person, follower)
    if end(Follow.objects.filter(follower=follower, stream=person.pk)):
        record(Activity.Type.REJECT, person, stream=follower.stream, detail=details.Reject(of="Follow"))


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
    """Choose the feed for a followed stream: home, an own list or the digest.

    Switches that are None stay as they are. Rights do not change. Raises NotVisible if `person` does not
    follow the stream, or does not own the list.
    """
    hold(person)
    if isinstance(place, List):
        into: dict[str, Any] = {"place": Follow.Place.LIST, "list": lists.find(person, place.pk)}
    else:
        into = {"place": place, "list": None}
    flags = {"comments": comments, "reshares": reshares, "folds": folds}
    delivery = into | {name: said for name, said in flags.items() if said is not None}
    changed = Follow.objects.filter(follower=person, stream=stream).exclude(**delivery)
    if changed.update(**delivery):
        bump_generation(person)
        record(Activity.Type.UPDATE, person, stream=stream, detail=details.Update(of="Follow"))
    elif not Follow.objects.filter(follower=person, stream=stream).exists():
        raise NotVisible


def _led_to(stream: Stream) -> Stream:
    """The stream of a topic; for an alias, of the topic that it redirects to."""
    return stream if stream.topic.alias_of is None else stream.topic.alias_of.stream


def admit(follow: Follow, role: Follow.Role = Follow.Role.NONE) -> None:
    """Accept a follow: its state and role, the stream's counter, and the follower's generation.

    The caller has locked the follower.
    """
    follow.state = Follow.State.ACCEPTED
    follow.role = role
    follow.save(update_fields=["state", "role"])
    count_follower(follow.stream_id, +1)
    bump_generation(follow.follower)


def bump_generation(person: Person) -> None:
    """Increase a person's generation: their home may have older entries that the timeline lacks."""
    Person.objects.filter(pk=person.pk).update(generation=F("generation") + 1)


def end(follows: QuerySet[Follow]) -> int:
    """Delete follows and requests, with their counts and watches; returns how many there were.

    The caller has locked the followers, so no other follow is deleted than those listed.
    """
    rows = list(follows)
    follows.delete()
    watches.end_with(rows)
    for stream in sorted(row.stream_id for row in rows if row.state == Follow.State.ACCEPTED):
        count_follower(stream, -1)
    return len(rows)
