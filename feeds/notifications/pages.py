"""The notifications of one person: a page of lines, the number of new lines, and one notification.

All of these leave out what the person may not see any more or has muted since.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from feeds.cursors import Cursor
from feeds.models import Notification
from feeds.notifications import registry
from feeds.notifications.filters import is_shown
from feeds.notifications.grouping import DAY, KEY, line_of, lines, with_key, with_related, within
from feeds.notifications.lines import NotificationLine
from feeds.notifications.registry import Tab
from network import ids
from network.errors import NotVisible
from network.models import Person
from network.queries.compiled import fetch
from network.queries.parameters import PERSON, Parameter
from network.queries.rights import Viewer

PAGE = 30  # lines
# A page is made from so many notifications. If these fold to less than a page, it is made from all.
WINDOW = 10 * PAGE
# The number of new lines is counted among so many unread notifications, the newest.
MOST_UNREAD = 1000


@dataclass(frozen=True)
class Page:
    lines: list[NotificationLine]
    older: Cursor | None
    newest: int  # the id of the newest activity, up to which "mark all as seen" goes


def of(person: Viewer) -> QuerySet[Notification]:
    """The notifications on the page of a person."""
    return _visible(person).filter(in_kith=True)


def _visible(person: Viewer) -> QuerySet[Notification]:
    """The notifications of a person, those that came by mail alone too."""
    return Notification.objects.filter(is_shown(person), person=person)


def unread(person: Person) -> int:
    """The number of new lines. One query, by the index of unread notifications."""
    return len(fetch(_new_lines, PERSON, person=person.pk))


def _new_lines(person: Viewer) -> QuerySet[Notification, Any]:
    new = Notification.objects.filter(person=person, in_kith=True, read_at=None)
    rows = within(of(person).filter(read_at=None), new.order_by("-activity")[:MOST_UNREAD])
    return with_key(rows).order_by().values_list(*KEY).distinct()


def find(person: Person, activity_id: int) -> Notification:
    """The notification of an activity, also one that came by mail alone. Raises NotVisible."""
    found = with_related(_visible(person)).filter(activity=activity_id).first()
    if found is None:
        raise NotVisible
    return found


def first_unread(notification: Notification, person: Person) -> Notification:
    """The oldest unread notification in the same line, up to this one; this one if all are read."""
    new = Notification.objects.filter(person=person, read_at=None, activity__lte=notification.activity_id)
    visible = line_of(notification).filter(is_shown(person), read_at=None)
    return with_related(within(visible, new)).order_by("activity").first() or notification


def page(person: Person, *, show: str = "", cursor: Cursor | None = None) -> Page:
    """A page of lines; `show` is the value of a tab, anything else shows all. Five queries, rarely six.

    Every page of one walk shows the lines as they were when its first page was read.
    """
    tab = Tab(show) if show in Tab.values else None
    upto, before = (cursor.upto, cursor.before) if cursor is not None else (ids.MAX, ids.MAX + 1)
    oldest = _start_of_window(person, before)
    upto_day = min(upto, before // DAY * DAY + DAY - 1)  # what came later is in no line of this page
    found = lines(person, PAGE + 1, _between, tab, before=before, oldest=oldest, upto=upto_day)
    if len(found) <= PAGE and oldest:
        found = lines(person, PAGE + 1, _between, tab, before=before, oldest=0, upto=upto_day)
    newest = cursor.upto if cursor is not None else (found[0].newest.activity_id if found else 0)
    older = Cursor(found[PAGE - 1].newest.activity_id, newest) if len(found) > PAGE else None
    return Page(found[:PAGE], older, newest)


def _between(tab: Tab | None) -> QuerySet[Notification]:
    """The notifications of PERSON in a tab, or all, of the activities from one id up to another."""
    rows = of(PERSON) if tab is None else of(PERSON).filter(_in_tab(tab))
    upto = Notification.objects.filter(person=PERSON, activity__lte=Parameter("upto"))
    return within(rows, upto.filter(activity__gte=Parameter("oldest")))


def _in_tab(tab: Tab) -> Q:
    """The notifications in a tab. A kind in two tabs stands in GROUPS if its activity is about a group."""
    alone = registry.values(lambda kind: kind.tabs == (tab,))
    shared = registry.values(lambda kind: tab in kind.tabs and len(kind.tabs) > 1)
    no_group = Q(activity__stream__group__isnull=True)
    return Q(kind__in=alone) | Q(kind__in=shared) & (~no_group if tab == Tab.GROUPS else no_group)


def _start_of_window(person: Person, before: int) -> int:
    """The first id of the day of the WINDOWth notification before an id, so that no line is cut in two.

    0 if there are fewer. One query of one row of the index.
    """
    last = fetch(_earlier, WINDOW, person=person.pk, before=before)
    return last[0][0] // DAY * DAY if last else 0


def _earlier(skipped: int) -> QuerySet[Notification, Any]:
    earlier = Notification.objects.filter(person=PERSON, activity__lt=Parameter("before"))
    return earlier.order_by("-activity").values_list("activity")[skipped : skipped + 1]
