"""The triggers of notifications about groups: requests, invitations, roles, removals and the end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from network.models import Activity, Follow
from network.queries.rights import MODERATING, Viewer, groups_of, invited_to

Ids = Iterable[int]
State = Follow.State


def names_person(activity: Activity) -> bool:
    """Whether it concerns one person. A link that invites anybody who has it notifies nobody."""
    return bool(activity.detail.get("person"))


def is_closing(activity: Activity) -> bool:
    return bool(activity.detail.get("closed"))


def was_member(activity: Activity) -> bool:
    """Whether a Remove ends a membership. A request that was declined notifies nobody."""
    return names_person(activity) and activity.detail.get("state") == State.ACCEPTED


def is_new_owner(activity: Activity) -> bool:
    return bool(activity.detail["role"] == Follow.Role.OWNER)


def moderators_asked(activity: Activity) -> Ids:
    """The moderators and owners of a group that a person asks to join. Joining an open group asks nobody."""
    asked = Follow.objects.filter(
        follower=activity.actor_id, stream=activity.stream_id, state=State.REQUESTED
    )
    moderators = Follow.objects.filter(stream__in=asked.values("stream"), role__in=MODERATING)
    return moderators.values_list("follower", flat=True)


def visible_to_moderators(viewer: Viewer, activity: str, moment: datetime) -> Q:
    return Q(**{f"{activity}stream__in": groups_of(viewer, MODERATING)})


def invited(activity: Activity) -> Ids:
    return (_person(activity),)


def visible_while_invited(viewer: Viewer, activity: str, moment: datetime) -> Q:
    """An invitation is visible until it is used, withdrawn or expired."""
    return Q(**{f"{activity}stream__in": invited_to(viewer, moment)})


def given_role(activity: Activity) -> Ids:
    """The person who got a role, if they still have it."""
    role = activity.detail["role"]
    return _members(activity).filter(follower=_person(activity), role=role).values_list("follower", flat=True)


def moderators(activity: Activity) -> Ids:
    return _members(activity).filter(role__in=MODERATING).values_list("follower", flat=True)


def members(activity: Activity) -> Ids:
    return _members(activity).values_list("follower", flat=True)


def removed(activity: Activity) -> Ids:
    """The person who was removed, if they did not join again."""
    person = _person(activity)
    return () if _members(activity).filter(follower=person).exists() else (person,)


def _person(activity: Activity) -> int:
    return int(activity.detail["person"])


def _members(activity: Activity) -> QuerySet[Follow]:
    return Follow.objects.filter(stream=activity.stream_id, state=State.ACCEPTED)
