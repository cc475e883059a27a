"""What the templates say in Kith's own way: icons, avatars, times and counts."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any

from django import template
from django.template.defaultfilters import date as date_format
from django.template.defaultfilters import floatformat
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

from network.values import Named

register = template.Library()

DYES = 6
MINUTE = timedelta(minutes=1)
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "Linux": "Linux",
}


@register.simple_tag
def icon(name: str, classes: str = "i") -> SafeString:
    """One drawing of the sprite, silent for screen readers: a word beside it says what it means."""
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', classes, static("icons.svg"), name
    )


@register.filter
def initials(name: str) -> str:
    """The first letters of the first and the last word: "Mei-Ling Tan" gives MT."""
    words = [word for word in name.split() if word[:1].isalnum()]
    if not words:
        return name.strip()[:1].upper()
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@register.filter
def dye(key: int) -> str:
    """The class of one of the six colours, the same for an id for ever.

    Ids rise with time, so neighbours have much in common: the finalizer of MurmurHash3 mixes all their bits.
    """
    mixed = int(key)
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        mixed = ((mixed ^ mixed >> 33) * factor) % 2**64
    return f"d{(mixed ^ mixed >> 33) % DYES + 1}"


@register.simple_tag
def avatar(who: Any, classes: str = "") -> SafeString:
    """A person (round), a group (square) or a topic (diamond); their name always stands beside it."""
    kind = who.kind if isinstance(who, Named) else who._meta.model_name
    letters = initials(str(who))
    return format_html(
        '<span class="av {} {}{}" aria-hidden="true">{}</span>',
        dye(who.pk),
        classes,
        "" if kind == "person" else f" {kind}",
        letters[:1] if kind == "topic" else letters,
    )


@register.filter
def count(number: int | None) -> str:
    """1204 as the reader writes it: 1,204 or 1.204. Nothing for none, so a button is only its verb."""
    return str(number or "") if abs(number or 0) < 1000 else floatformat(number, "0g")


@register.filter
def when(moment: datetime | None) -> SafeString | str:
    """A moment as a `time` element: short to read, whole when pointed at, exact for machines."""
    if moment is None:
        return ""
    zone, language, now = timezone.get_current_timezone(), get_language(), timezone.now()
    words = _spoken(zone, language, moment, (now - moment) // MINUTE, now.astimezone(zone).date())
    return _time_in(zone, language, moment, words, "")


@lru_cache(maxsize=4096)
def _spoken(zone: tzinfo, _language: str | None, moment: datetime, minutes: int, today: date) -> str:
    """12 min, 3 h, yesterday, then the date; the year only when it is another. Kept while it is the same.

    `minutes` have gone since the moment.
    """
    here = moment.astimezone(zone)
    if minutes < 1:
        return gettext("now")
    if minutes < 60:
        return gettext("%d min") % minutes
    if here.date() == today or minutes < 6 * 60:
        return gettext("%d h") % (minutes // 60)
    if here.date() == today - timedelta(days=1):
        return gettext("yesterday")
    return date_format(here, "MONTH_DAY_FORMAT" if here.year == today.year else "DATE_FORMAT")


@register.filter
def left(moment: datetime) -> SafeString:
    """How long something is still open, to the nearest hour or day, as a `time` element that counts down."""
    hours = round((moment - timezone.now()) / timedelta(hours=1))
    days = round(hours / 24)
    if hours >= 48:
        words = ngettext("%d day", "%d days", days) % days
    elif hours >= 1:
        words = ngettext("%d hour", "%d hours", hours) % hours
    else:
        words = gettext("less than an hour")
    return _time_in(timezone.get_current_timezone(), get_language(), moment, words, mark_safe(" data-ends"))


@lru_cache(maxsize=4096)
def _time_in(zone: tzinfo, language: str | None, moment: datetime, words: str, attributes: str) -> SafeString:
    """A `time` element, by the clock and in the language that are active: kept, for each page has many."""
    return format_html(
        '<time datetime="{}" title="{}"{}>{}</time>',
        moment.isoformat(timespec="seconds"),
        whole(moment),
        attributes,
        words,
    )


@register.filter
def whole(moment: datetime) -> str:
    """A moment by the reader's clock, with its zone: "Nov. 30, 2026, 9:05 a.m. CET"."""
    here = timezone.localtime(moment)
    name = here.tzname() or ""
    return f"{date_format(here, 'DATETIME_FORMAT')} {name if name[:1].isalpha() else 'UTC' + name}"


@register.filter
def browser(user_agent: str) -> str:
    """What a person would call it: Firefox, Linux. What is not known is shown as it is, in short."""
    signs = [next(filter(user_agent.__contains__, table), "") for table in (BROWSERS, SYSTEMS)]
    known = [BROWSERS.get(signs[0], ""), SYSTEMS.get(signs[1], "")]
    return ", ".join(filter(None, known)) or user_agent[:40]
