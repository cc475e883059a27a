"""What templates say of notices: `feeds.notifications.texts`, and the times under which they stand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from feeds.notifications import texts
from feeds.notifications.grouping import Notice

register = template.Library()

register.filter("sentence", texts.linked)
register.filter("plain", texts.plain)
register.filter("said", texts.said)


@register.filter
def by_period(notices: Iterable[Notice]) -> list[tuple[str, list[Notice]]]:
    """Notices under the words for their time: today, yesterday, this week, earlier."""
    periods: dict[str, list[Notice]] = {}
    now = timezone.now()
    for notice in notices:
        periods.setdefault(_period(notice.at, now), []).append(notice)
    return list(periods.items())


def _period(moment: datetime, now: datetime) -> str:
    days = (timezone.localtime(now).date() - timezone.localtime(moment).date()) // timedelta(days=1)
    if days < 1:
        return _("Today")
    if days < 2:
        return _("Yesterday")
    return _("Earlier this week") if days < 7 else _("Earlier")
