"""What stands on pages beside posts, each rendered once for its value: see `network.rendering`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from network.models import List, Person
from network.queries.groups import Mine
from network.rendering import rendered
from network.templatetags.cards import group, topic
from network.values import Composer, Groups, Named, Rail, Scripts, Tabs

register = template.Library()

MOST_GROUPS = 8  # in the margin


@register.simple_tag
def kept(template: str) -> SafeString:
    """A template that is the same on every page."""
    return rendered(template)


@register.simple_tag(takes_context=True)
def rail(context: Context) -> SafeString:
    """The way around. Its two numbers are asked of the database here: two queries, none signed out."""
    person: Person | None = context.get("person")
    unread, messages = context.get("unread") or 0, context.get("unread_messages") or 0
    value = Rail(
        context.get("nav") or "",
        None if person is None else Named("person", person.pk, person.name, person.handle),
        unread() if callable(unread) else unread,
        messages() if callable(messages) else messages,
    )
    return rendered("rail.html", value)


@register.simple_tag(takes_context=True)
def head(context: Context) -> SafeString:
    """The style and the scripts of every page."""
    person: Person | None = context.get("person")
    return rendered("head.html", Scripts(person is not None, person is not None and person.letter_keys))


@register.simple_tag(takes_context=True)
def composer(context: Context, form: Any) -> SafeString:
    """The fields and buttons of the short form of a post."""
    person: Person = context["person"]
    place, topics = form["place"], context.get("topics")
    value = Composer(
        Named("person", person.pk, person.name, person.handle),
        str(context.get("prompt") or ""),
        form["text"].value() or "",
        () if place.field.only else tuple(place.field.offered),
        str(place.value() or ""),
        form.only_button,
        None if topics is None else tuple(map(topic, topics)),
        topics is None or person.stream.followers_count > 0,
    )
    return rendered("posts/_composer_fields.html", value)


@register.simple_tag
def tabs(lists: Iterable[List], show: str = "", here: List | None = None) -> SafeString:
    """The parts of a home, and the lists beside it. `show` or `here` is the one that is open."""
    named = tuple(Named("list", one.pk, one.name, str(one.pk)) for one in lists)
    return rendered("home/_tabs.html", Tabs(show, "" if here is None else str(here.pk), named))


@register.simple_tag
def my_groups(mine: Sequence[Mine]) -> SafeString:
    """The viewer's groups in the margin, with how much is new in each."""
    first = tuple((group(one.group), one.unread) for one in mine[:MOST_GROUPS])
    return rendered("groups/_mine.html", Groups(first, len(mine) > MOST_GROUPS))
