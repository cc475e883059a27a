"""Which people get a notification of an activity, and by which ways.

Triggers give the people whom an activity concerns. Of these, a person is notified if they may see it and have
not muted it (`may_be_notified`), if no level (`Watch`) of theirs for the actor, the group or the thread
forbids it, and if their choice (`Choice`) for the kind has a way. If several levels apply, the most
restrictive wins. The number of queries does not depend on the number of people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from feeds.models import Choice, Mailing, Notification
from feeds.notifications import registry
from feeds.notifications.registry import Ways
from network.models import Activity, Group, Person, Watch
from network.queries.compiled import fetch
from network.queries.parameters import NOW, AnyOf, Moment, Parameter, ParameterList
from network.queries.rights import Viewer, blocked_with, groups_of, may_read, moment_for, not_muted

Level = Watch.Level

BATCH = 5000  # people in one query


def may_be_notified(viewer: Viewer, activity: str = "", *, moment: Moment | None = None) -> Q:
    """The activities that `viewer` may see and has not muted. `moment` is now by default.

    `activity` is the prefix that leads from the queried table to the activity. This leaves out activities of
    people in a block with the viewer, those of hidden groups without the viewer, and those that the trigger
    of the kind does not make visible: requests that the viewer cannot answer, invitations that have ended.
    """
    moment = moment or moment_for(viewer)
    post, stream, type = f"{activity}post", f"{activity}stream", f"{activity}type"
    may_read_post = Q(**{post: None}) | may_read(viewer, f"{post}__")
    not_blocked = ~Q(**{f"{activity}actor__in": blocked_with(viewer)})
    may_see_group = (
        ~Q(**{f"{stream}__group__kind": Group.Kind.HIDDEN})
        | Q(**{f"{stream}__in": groups_of(viewer)})
        | Q(**{type: Activity.Type.INVITE})
    )
    found = may_read_post & not_blocked & may_see_group
    for trigger in registry.all_triggers():
        if trigger.visible_to is not None:
            found &= ~Q(**{type: trigger.type}) | trigger.visible_to(viewer, activity, moment)
    return found & not_muted(viewer, f"{post}__", f"{activity}actor", moment=moment)


def is_shown(viewer: Viewer) -> Q:
    """The notifications that `viewer` may see now.

    Those of kinds that are not registered have no text, and nothing says any more who may see them. Their
    rows stay: they are shown again when the package that registered the kind is back.
    """
    kinds = [kind.value for kind in registry.all_kinds()]
    return Q(kind__in=kinds) & may_be_notified(viewer, "activity__")


def notifications(activity: Activity, kinds: Mapping[int, str]) -> Iterator[Notification]:
    """The notifications to create for an activity, from the kind for each person whom it concerns.

    People who have one of this activity get no second one. Two queries for each 5,000 people.
    """
    people = list(kinds)
    levels = {"actor": activity.actor_id}
    if activity.post is not None:
        levels["thread"] = activity.post.thread_id
        if activity.post.thread.group_id is not None:
            levels["group"] = activity.post.thread.group_id
    for start in range(0, len(people), BATCH):
        batch = people[start : start + BATCH]
        found = fetch(_recipients, *levels, activity=activity.pk, people=batch, **levels)
        yield from _by_choice(activity, found, kinds)


def _recipients(*levels: str) -> QuerySet[Person, Any]:
    """The people who may be notified, whether a level allows only their name, and whether they want mail.

    `levels` names the parameters that hold what a level may be for: actor, and thread and group of a post.
    """
    chosen = Q(stream=Parameter("actor"))
    if "thread" in levels:
        chosen |= Q(thread=Parameter("thread"))
    if "group" in levels:
        chosen |= Q(stream=Parameter("group"))
    activity = Parameter("activity")
    visible = Activity.objects.filter(may_be_notified(OuterRef("pk"), moment=NOW), pk=activity)
    notified = Notification.objects.filter(activity=activity, person=OuterRef("pk"))
    watches = Watch.objects.filter(chosen, person=OuterRef("pk"))
    mailed = Mailing.objects.filter(person=OuterRef("pk")).exclude(notices=Mailing.Every.NEVER)
    return (
        Person.objects.filter(AnyOf(F("pk"), ParameterList("people")))
        .filter(Exists(visible), ~Exists(notified), ~Exists(watches.filter(level=Level.NOTHING)))
        .annotate(is_only_named=Exists(watches.filter(level=Level.NAMED)), wants_mail=Exists(mailed))
        .values_list("pk", "is_only_named", "wants_mail")
    )


def _by_choice(
    activity: Activity, found: Iterable[tuple[int, bool, bool]], kinds: Mapping[int, str]
) -> Iterator[Notification]:
    """The notifications for people found by `_recipients`, each by the ways that the person chose."""
    dropped = set(registry.values(lambda kind: kind.is_dropped_at_level_named))
    left = [row for row in found if not (row[1] and kinds[row[0]] in dropped)]
    choices = _choices([row[0] for row in left], set(kinds.values()))
    for person, _is_only_named, wants_mail in left:
        kind = kinds[person]
        in_kith, by_mail = choices.get((person, kind)) or registry.kind(kind).default_ways
        by_mail = by_mail and bool(wants_mail and settings.EMAIL_URL)
        if in_kith or by_mail:
            yield Notification(
                person_id=person, activity=activity, kind=kind, in_kith=in_kith, by_mail=by_mail
            )


def _choices(people: list[int], kinds: set[str]) -> dict[tuple[int, str], Ways]:
    """The ways that people chose, by person and kind. One query."""
    rows = Choice.objects.filter(person__in=people, kind__in=kinds)
    columns = ("person", "kind", "in_kith", "by_mail")
    return {(person, kind): Ways(kith, mail) for person, kind, kith, mail in rows.values_list(*columns)}
