"""The triggers of notifications about groups: requests, invitations, roles, removals and the end."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from network.models import Activity, Follow, details
from network.queries.parameters import Moment
from network.queries.rights import MODERATING, Viewer, groups_of, invited_to

Ids = Iterable[int]
State = Follow.State


def is_personal(activity: Activity) -> bool:
    """Whether an Invite is for one person. A link that invites anybody who has it notifies nobody."""
    return activity.target_id is not None


def is_closing(activity: Activity) -> bool:
    return details.Update.read(activity).closed


def was_member(activity: Activity) -> bool:
    """Whether a Remove ends a membership. A request that was declined notifies nobody."""
    return activity.target_id is not None and details.Remove.read(activity).state == State.ACCEPTED


def is_new_owner(activity: Activity) -> bool:
    return details.Offer.read(activity).role == Follow.Role.OWNER


def moderators_asked(activity: Activity) -> Ids:
    """The moderators and owners of a group that a person asks to join. Joining an open group asks nobody."""
    asked = Follow.objects.filter(
        follower=activity.actor_id, stream=activity.stream_id, state=State.REQUESTED
    )
    moderators = Follow.objects.filter(stream__in=asked.values("stream"), role__in=MODERATING)
    return moderators.values_list("follower", flat=True)


def visible_to_moderators(viewer: Viewer, activity: str, moment: Moment) -> Q:
    return Q(**{f"{activity}stream__in": groups_of(viewer, MODERATING)})


def invited(activity: Activity) -> Ids:
    return () if activity.target_id is None else (activity.target_id,)


def visible_while_invited(viewer: Viewer, activity: str, moment: Moment) -> Q:
    """An invitation is visible until it is used, withdrawn or expired."""
    return Q(**{f"{activity}stream__in": invited_to(viewer, moment)})


def given_role(activity: Activity) -> Ids:
    """The person who got a role, if they still have it."""
    role = details.Offer.read(activity).role
    members = _members(activity).filter(follower=activity.target_id, role=role)
    return members.values_list("follower", flat=True)


def moderators(activity: Activity) -> Ids:
    return _members(activity).filter(role__in=MODERATING).values_list("follower", flat=True)


def members(activity: Activity) -> Ids:
    return _members(activity).values_list("follower", flat=True)


def removed(activity: Activity) -> Ids:
    """The person who was removed, if they did not join again."""
    person = activity.target_id
    is_back = _members(activity).filter(follower=person).exists()
    return () if person is None or is_back else (person,)


def _members(activity: Activity) -> QuerySet[Follow]:
    return Follow.objects.filter(stream=activity.stream_id, state=State.ACCEPTED)
