"""What a card holds closed, fetched when it is opened: its menu, and why it is in a feed."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from feeds.feed import Feed
from feeds.follow_rule import PARTS
from feeds.reading.reasons import Reason, reasons
from feeds.views.parameters import viewer
from network import ids
from network.models import Person
from network.queries import lists
from network.views import partials


@require_safe
def menu(request: HttpRequest, post_id: int) -> HttpResponse:
    """What is done more rarely with a post."""
    return _part(request, post_id, "posts/_menu.html")


@require_safe
def why(request: HttpRequest, post_id: int) -> HttpResponse:
    """What brings a post to a feed, and how to end it."""
    return _part(request, post_id, "posts/_reasons.html")


def _part(request: HttpRequest, post_id: int, part: str) -> HttpResponse:
    """The part for htmx; without a script a page with both."""
    person = viewer(request)
    shown = partials.shown_to(person, post_id)
    context = {
        "shown": shown,
        "reasons": _reasons(person, request.GET.get("feed", ""), shown.post.thread_id),
        "back": partials.opened_from(request, shown.post),
    }
    return render(request, part if getattr(request, "htmx", False) else "posts/menu.html", context)


def _reasons(person: Person | None, name: str, thread: int) -> Sequence[Reason]:
    """What brings a thread to a feed of `person`: "home", a part of it, or a list by its id."""
    if person is None or not name:
        return ()
    if name.isdecimal():
        feed = Feed(person, list=lists.find(person, ids.parse(name) or 0).pk)
    else:
        feed = Feed(person, kind=PARTS.get(name, ""))
    return reasons(feed, [thread], ids.MAX).get(thread, ())
