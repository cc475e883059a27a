"""What is alike on every page: the way around, and the scripts. Rendered once: see `network.rendering`."""

from __future__ import annotations

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from network.models import Person
from network.rendering import Named, Rail, Scripts, rendered

register = template.Library()


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
def scripts(context: Context) -> SafeString:
    person: Person | None = context.get("person")
    return rendered("scripts.html", Scripts(person is not None, person is not None and person.letter_keys))
