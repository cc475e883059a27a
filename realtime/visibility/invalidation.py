"""Rights invalidation: whose rights are loaded again after an activity that is about no post."""

from __future__ import annotations

from network.models import Activity, Stream, details
from realtime.protocol.messages import EVERYBODY

Type = Activity.Type


def people_affected_by(activity: Activity) -> tuple[int, ...]:
    """The people whose rights or mutes an activity may have changed."""
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
