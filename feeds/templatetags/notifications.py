"""Template filters for lines of notifications: their text, and the period in which they stand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from feeds.notifications import rendering
from feeds.notifications.lines import NotificationLine

register = template.Library()

register.filter("sentence", rendering.linked)
register.filter("plain", rendering.plain)
register.filter("words", rendering.words)


@register.filter
def by_period(lines: Iterable[NotificationLine]) -> list[tuple[str, list[NotificationLine]]]:
    """Lines by the name of their period: today, yesterday, earlier this week, earlier."""
    periods: dict[str, list[NotificationLine]] = {}
    now = timezone.now()
    for line in lines:
        periods.setdefault(_period(line.at, now), []).append(line)
    return list(periods.items())


def _period(moment: datetime, now: datetime) -> str:
    days = (timezone.localtime(now).date() - timezone.localtime(moment).date()) // timedelta(days=1)
    if days < 1:
        return _("Today")
    if days < 2:
        return _("Yesterday")
    return _("Earlier this week") if days < 7 else _("Earlier")
