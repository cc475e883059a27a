"""Rights invalidation: whose rights are loaded again after an activity that is about no post."""

from __future__ import annotations

from network.models import Activity, Stream
from realtime.protocol.messages import EVERYBODY

Type = Activity.Type


def people_affected_by(activity: Activity) -> tuple[int, ...]:
    """The people whose rights or mutes an activity may have changed."""
    detail, stream = activity.detail, activity.stream_id or 0
    match activity.type:
        case Type.ACCEPT | Type.REMOVE | Type.OFFER if "person" in detail:
            return (int(detail["person"]),)
        case Type.ACCEPT | Type.REJECT:
            return (stream,)
        case Type.BLOCK:
            return (activity.actor_id, stream)
        case Type.UNDO if detail.get("of") == "Block":
            return (activity.actor_id, stream)
        case Type.UPDATE if "merged" in detail:
            return (EVERYBODY,)
        case Type.UPDATE if detail.get("of") == "Follow" or stream == activity.actor_id:
            return (activity.actor_id,)
        case Type.DELETE if detail.get("of") == "List":
            return (activity.actor_id,)
        case Type.CREATE if activity.stream is not None and activity.stream.kind == Stream.Kind.GROUP:
            return (activity.actor_id,)
        case Type.FOLLOW | Type.JOIN | Type.LEAVE | Type.IGNORE | Type.UNDO:
            return (activity.actor_id,)
    return ()


def changes_group(activity: Activity) -> bool:
    """Whether an activity changes the settings of a group, or closes it."""
    return activity.type == Type.UPDATE and not activity.detail.keys().isdisjoint({"kind", "closed"})
