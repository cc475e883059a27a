"""Rights invalidation: whose rights, and who may write where, is loaded again after an activity."""

from __future__ import annotations

from network.models import Activity, Stream, details
from network.queries.writing import WRITING_RULES
from realtime.protocol.messages import EVERYBODY

Type = Activity.Type


def people_affected_by(activity: Activity) -> tuple[int, ...]:
    """The people whose rights or mutes an activity that is about no post may have changed."""
    actor, stream = activity.actor_id, activity.stream_id or 0
    match details.of(activity):
        case details.Accept() | details.Remove() | details.Offer() if activity.target_id is not None:
            return (activity.target_id,)
        case details.Accept() | details.Reject():
            return (stream,)
        case details.Undo(of="Block"):
            return (actor, stream)
        case details.Update(merged=int()):
            return (EVERYBODY,)
        case details.Update(of=of) if of == "Follow" or stream == actor:
            return (actor,)
        case details.Delete(of="List") | details.Request() | details.Undo():
            return (actor,)
    match activity.type:
        case Type.BLOCK:
            return (actor, stream)
        case Type.CREATE if activity.stream is not None and activity.stream.kind == Stream.Kind.GROUP:
            return (actor,)
        case Type.LEAVE | Type.IGNORE:
            return (actor,)
    return ()


def changes_group(activity: Activity) -> bool:
    """Whether an activity changes the settings of a group, or closes it."""
    detail = details.of(activity)
    return isinstance(detail, details.Update) and (detail.kind != "" or detail.closed)


def changes_site(activity: Activity) -> bool:
    """Whether an activity opens or closes the server."""
    detail = details.of(activity)
    return isinstance(detail, details.Update) and detail.site != ""


def changes_writing(activity: Activity) -> bool:
    """Whether an activity about a root, or about no post, may change who may write (`changed_by`)."""
    return any(activity.type in rule.changed_by for rule in WRITING_RULES.values())


def people_named_by(activity: Activity) -> set[int]:
    """The people whom an activity names: who acts, whose stream it is about, and its target."""
    named = {activity.actor_id, activity.stream_id, activity.target_id}
    return {person for person in named if person is not None}
