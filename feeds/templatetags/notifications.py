"""Lines of notifications in templates: a line, its text, and the period in which it stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from feeds.notifications import rendering
from feeds.notifications.lines import NotificationLine
from network.rendering import rendered
from network.templatetags.kith import when

register = template.Library()

register.filter("text", rendering.text_of)
register.filter("sentence", rendering.linked)
register.filter("plain", rendering.plain)
register.filter("quoted", rendering.quoted)


@register.simple_tag(takes_context=True)
def line(context: Context, shown: NotificationLine) -> SafeString:
    """A line of the page of notices. One that waits has a form, so it is rendered for each page."""
    value = rendering.text_of(shown, when(shown.at))
    if value.is_waiting:
        token = context.get("csrf_token")  # not the request, for which every context processor would run
        return render_to_string("notices/_notice.html", {"it": value, "csrf_token": token})
    return rendered("notices/_notice.html", value)


@register.filter
def by_period(lines: Iterable[NotificationLine]) -> list[tuple[str, list[NotificationLine]]]:
    """Lines by the name of their period: today, yesterday, earlier this week, earlier."""
    periods: dict[str, list[NotificationLine]] = {}
    today = timezone.localdate()
    for line in lines:
        days = (today - timezone.localdate(line.at)) // timedelta(days=1)
        periods.setdefault(_period(days), []).append(line)
    return list(periods.items())


def _period(days: int) -> str:
    if days < 1:
        return _("Today")
    if days < 2:
        return _("Yesterday")
    return _("Earlier this week") if days < 7 else _("Earlier")
