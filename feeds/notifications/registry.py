"""The registry of notification kinds. Everything else in this package reads kinds from here.

A kind is declared once, with its triggers, its texts and its defaults. `kinds.py` declares the kinds of the
social network. Another package registers its own kinds in `AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from django.db.models import Q, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from feeds.models import Notification
from feeds.notifications.lines import NotificationLine
from network.models import Activity, details
from network.queries.parameters import Moment
from network.queries.rights import Viewer

Predicate = Callable[[Activity], bool]
Recipients = Callable[[Activity], Iterable[int]]
Visibility = Callable[[Viewer, str, Moment], Q]

VALUE_LENGTH = 8  # of the column `Notification.kind`


class Tab(TextChoices):
    """The tabs of the page of notices. The value stands in the address: `/notices?show=answers`."""

    ANSWERS = "answers", _("Answers")
    THANKS = "thanks", _("Thanks")
    GROUPS = "groups", _("Groups")
    PEOPLE = "people", _("People")


class Subject(StrEnum):
    """What the text of a notification names: the field path from the activity to a post or a group."""

    THREAD = "post__thread"
    POST = "post"
    QUOTED_POST = "post__quotes"
    GROUP = "stream__group"
    GROUP_OF_POST = "post__group"


class Ways(NamedTuple):
    """By which ways a person gets a kind of notification."""

    in_kith: bool
    by_mail: bool


def always(activity: Activity) -> bool:
    return True


@dataclass(frozen=True)
class Trigger:
    """A type of activity that notifies people.

    `when` is called in the transaction that records the activity, so it must not query. `recipients` gives
    ids of people when the notification is delivered. It must query what is true then: a like that was taken
    back before its delivery has no recipients.
    """

    type: Activity.Type
    recipients: Recipients
    when: Predicate = always
    # A field path from the activity. Notifications of one day with the same value there make one line.
    # With "", each notification is a line.
    folds_by: str = ""
    subject: Subject | None = None
    # The type that takes this activity back. Then its notifications are deleted.
    retracted_by: Activity.Type | None = None
    # A further condition on who may see activities of this type (viewer, prefix, moment): see `filters`.
    visible_to: Visibility | None = None


@dataclass(frozen=True)
class NotificationKind:
    """One reason to notify a person, as they know it from the settings.

    If several kinds apply to a person, the one with the highest priority wins; of equal ones the one that was
    registered first.
    """

    value: str  # stored in `Notification.kind`
    label: str | Promise  # in the settings: "Somebody names me"
    # A translated sentence with %(who)s and, as needed, %(what)s (the subject) and %(acts)s (a number).
    text: Callable[[NotificationLine], str]
    triggers: tuple[Trigger, ...]
    # A kind in PEOPLE and GROUPS stands in GROUPS if its activity is about a group, else in PEOPLE.
    tabs: tuple[Tab, ...] = ()
    priority: int = 0
    # Whether it is mailed to people who want mail and did not choose otherwise for this kind.
    is_mailed: bool = False
    # Whether a person whose level is `Watch.Level.NAMED` gets none: it does not name them.
    is_dropped_at_level_named: bool = False
    # Whether opening the post marks it as read.
    is_read_with_post: bool = False
    # Whether it is a request to follow or to join, which the page can answer.
    is_request: bool = False
    # The page that a notification opens; None for the page of the post, the group or the person.
    url: Callable[[Notification], str] | None = None

    @property
    def default_ways(self) -> Ways:
        """The ways for people who did not choose."""
        return Ways(in_kith=True, by_mail=self.is_mailed)


_kinds: dict[str, NotificationKind] = {}


def register(*kinds: NotificationKind) -> None:
    """Add kinds. Raises ValueError if a value is taken, is too long, or if there is no trigger."""
    for kind in kinds:
        if kind.value in _kinds:
            raise ValueError(f"There is a kind {kind.value!r} already.")
        if not 0 < len(kind.value) <= VALUE_LENGTH:
            raise ValueError(f"{kind.value!r} must have 1 to {VALUE_LENGTH} characters.")
        if not kind.triggers:
            raise ValueError(f"Nothing triggers {kind.value!r}.")
        _kinds[kind.value] = kind


def all_kinds() -> tuple[NotificationKind, ...]:
    """The kinds in the order in which they were registered. The settings show them so."""
    return tuple(_kinds.values())


def kind(value: str) -> NotificationKind:
    """The kind with a value. Raises KeyError if none is registered."""
    return _kinds[value]


def all_triggers() -> Iterator[Trigger]:
    """The triggers of all kinds."""
    for kind in _kinds.values():
        yield from kind.triggers


def values(test: Callable[[NotificationKind], bool]) -> list[str]:
    """The values of the kinds that pass a test."""
    return [kind.value for kind in _kinds.values() if test(kind)]


def triggers_of(activity: Activity) -> Iterator[tuple[NotificationKind, Trigger]]:
    """The triggers that apply to an activity, those of the highest priority first. No query."""
    for kind in sorted(_kinds.values(), key=lambda kind: -kind.priority):
        for trigger in kind.triggers:
            if trigger.type == activity.type and trigger.when(activity):
                yield kind, trigger


def retracted_types(activity: Activity) -> set[Activity.Type]:
    """The types of activity whose notifications an activity takes back. An Undo names one type."""
    undone = details.Undo.read(activity).of if activity.type == Activity.Type.UNDO else None
    return {
        trigger.type
        for trigger in all_triggers()
        if trigger.retracted_by == activity.type and undone in (None, trigger.type)
    }


def trigger_of(notification: Notification) -> Trigger:
    """The trigger that a notification comes from."""
    triggers = _kinds[notification.kind].triggers
    return next((one for one in triggers if one.type == notification.activity.type), triggers[0])


def rows_where(test: Callable[[Trigger], bool]) -> Q:
    """The rows of Notification whose trigger passes a test."""
    found = Q(kind__in=values(lambda kind: all(map(test, kind.triggers))))
    for kind in _kinds.values():
        passing = [trigger.type for trigger in kind.triggers if test(trigger)]
        if passing and len(passing) < len(kind.triggers):
            found |= Q(kind=kind.value, activity__type__in=passing)
    return found
