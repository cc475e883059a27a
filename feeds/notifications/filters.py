"""Who hears of what, and how: the one rule, as SQL, whatever the number of people.

An activity concerns people for reasons (`occasions`). Of these hear of it who may (`may_hear`, asked again
whenever a notice is read or mailed) and who chose nothing quieter: a level for the person who acts, for the
group or for the thread (of several the quietest holds), and a choice for the kind of notice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from feeds.models import Choice, Mailing, Notification
from network.models import Activity, Group, Person, Watch
from network.queries.compiled import fetch
from network.queries.parameters import NOW, AnyOf, Moment, Parameter, ParameterList
from network.queries.rights import (
    MODERATING,
    Viewer,
    blocked_with,
    groups_of,
    invited_to,
    may_read,
    moment_for,
    not_muted,
)

Kind = Notification.Kind
Level = Watch.Level

# People whom one query may name.
AT_ONCE = 5000

# What is said around somebody rather than to them: who hears only their name hears none of it.
AROUND = frozenset({Kind.MESSAGE, Kind.REPLY, Kind.COMMENT, Kind.POST, Kind.THREAD})

# What is mailed, where mail is asked for and no other choice was made: what waits for an answer, or changes
# what one may do.
MAILED = frozenset(
    {
        Kind.REQUEST,
        Kind.INVITED,
        Kind.ACCEPTED,
        Kind.ROLE,
        Kind.GROUP,
        Kind.MENTION,
        Kind.MESSAGE,
        Kind.REPLY,
    }
)


def usual(kind: str) -> tuple[bool, bool]:
    """Whether a kind of notice comes in Kith and whether by mail, where nothing else was chosen."""
    return True, kind in MAILED


def may_hear(viewer: Viewer, activity: str = "", *, moment: Moment | None = None) -> Q:
    """Activities of which `viewer` may be told: `may_read` and `not_muted` of the post, if any.

    `activity` is the prefix that leads from the queried table to the activity. Nobody hears of people
    with whom they have a block, of hidden groups that they are not in, of requests that are not theirs
    to answer, or of invitations that hold no longer.
    """
    moment = moment or moment_for(viewer)
    post, stream = f"{activity}post", f"{activity}stream"
    readable = Q(**{post: None}) | may_read(viewer, f"{post}__")
    not_blocked = ~Q(**{f"{activity}actor__in": blocked_with(viewer)})
    is_invitation = Q(**{f"{activity}type": Activity.Type.INVITE})
    holds = Q(**{f"{stream}__in": invited_to(viewer, moment)})
    seen_group = (
        ~Q(**{f"{stream}__group__kind": Group.Kind.HIDDEN})
        | Q(**{f"{stream}__in": groups_of(viewer)})
        | is_invitation
    )
    to_answer = ~Q(**{f"{activity}type": Activity.Type.JOIN}) | Q(
        **{f"{stream}__in": groups_of(viewer, MODERATING)}
    )
    wanted = not_muted(viewer, f"{post}__", f"{activity}actor", moment=moment)
    return readable & not_blocked & seen_group & to_answer & (~is_invitation | holds) & wanted


def notices(activity: Activity, concerned: Mapping[int, Kind]) -> Iterator[Notification]:
    """The notices to write for those whom an activity concerns, by id, and as what: two queries."""
    people = list(concerned)
    about = {"actor": activity.actor_id}
    if activity.post is not None:
        about["thread"] = activity.post.thread_id
        if activity.post.thread.group_id is not None:
            about["group"] = activity.post.thread.group_id
    for start in range(0, len(people), AT_ONCE):
        here = people[start : start + AT_ONCE]
        found = fetch(_hearers, *about, activity=activity.pk, people=here, **about)
        yield from _by_their_choice(activity, found, concerned)


def _hearers(*about: str) -> QuerySet[Person, Any]:
    """Who of some people may hear of an activity and chose not to hear nothing; whether their name, or mail.

    The levels that an activity falls under are those for who acts and, of what is said, for thread and group.
    """
    levels = Q(stream=Parameter("actor"))
    if "thread" in about:
        levels |= Q(thread=Parameter("thread"))
    if "group" in about:
        levels |= Q(stream=Parameter("group"))
    activity = Parameter("activity")
    heard = Activity.objects.filter(may_hear(OuterRef("pk"), moment=NOW), pk=activity)
    told = Notification.objects.filter(activity=activity, person=OuterRef("pk"))
    watching = Watch.objects.filter(levels, person=OuterRef("pk"))
    mailed = Mailing.objects.filter(person=OuterRef("pk")).exclude(notices=Mailing.Every.NEVER)
    return (
        Person.objects.filter(AnyOf(F("pk"), ParameterList("people")))
        .filter(Exists(heard), ~Exists(told))
        .filter(~Exists(watching.filter(level=Level.NOTHING)))
        .annotate(hears_their_name=Exists(watching.filter(level=Level.NAMED)), mailed=Exists(mailed))
        .values_list("pk", "hears_their_name", "mailed")
    )


def _by_their_choice(
    activity: Activity, found: Iterable[tuple[int, bool, bool]], concerned: Mapping[int, Kind]
) -> Iterator[Notification]:
    """Those who chose nothing quieter, each by the ways that they chose."""
    hearers = [row for row in found if not (row[1] and concerned[row[0]] in AROUND)]
    choices = _choices([row[0] for row in hearers], set(concerned.values()))
    for person, _quiet, wants_mail in hearers:
        kind = concerned[person]
        in_kith, by_mail = choices.get((person, kind), usual(kind))
        by_mail = by_mail and bool(wants_mail and settings.EMAIL_URL)
        if in_kith or by_mail:
            yield Notification(
                person_id=person, activity=activity, kind=kind, in_kith=in_kith, by_mail=by_mail
            )


def _choices(people: list[int], kinds: set[Kind]) -> dict[tuple[int, str], tuple[bool, bool]]:
    """By person and kind, whether it is told in Kith and whether by mail, where they chose. One query."""
    rows = Choice.objects.filter(person__in=people, kind__in=kinds)
    columns = ("person", "kind", "in_kith", "by_mail")
    return {(person, kind): (kith, mail) for person, kind, kith, mail in rows.values_list(*columns)}
