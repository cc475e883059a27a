"""The pages of a topic and of a person."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from feeds.reading import cards
from feeds.reading.cards import Page
from feeds.views.parameters import older, viewer
from network.forms.lists import delivery
from network.forms.watches import WatchForm, of_stream
from network.models import Mute, Person, Stream
from network.queries import following, groups, people, topics, watches

NOTHING = Page([], None, 0)


@require_safe
def topic(request: HttpRequest, name: str) -> HttpResponse:
    person = viewer(request)
    what = topics.find(person, name)
    if what.name != name:
        return redirect(what, permanent=True)
    follow = following.follows_of(person, [what.pk]).get(what.pk) if what.pk else None
    context = {
        "what": what,
        "follow": follow,
        "delivery": delivery(follow),
        "mute": Mute.objects.filter(person=person, topic=what).first() if person and what.pk else None,
        "page": cards.of_stream(person, what.stream, older(request)) if what.pk else NOTHING,
        "is_first": "older" not in request.GET,
    }
    return render(request, "topics/topic.html", context)


@require_safe
def person(request: HttpRequest, handle: str) -> HttpResponse:
    visitor = viewer(request)
    who = people.find_by_handle(visitor, handle.lower())
    if who.handle != handle:
        return redirect(who, permanent=True)
    relation = following.relation(visitor, who)
    is_own = visitor == who
    context = {
        "who": who,
        "is_own": is_own,
        "nav": "you" if is_own else "",
        "relation": relation,
        "delivery": delivery(relation.follow),
        "watching": _watching(visitor, who),
        "shows_lists": following.may_see_lists(visitor, who),
        "groups": groups.of_person(visitor, who) if following.may_see_lists(visitor, who) else [],
        "requests": following.requests(who) if is_own and who.approves_followers else None,
        "page": cards.of_stream(visitor, who.stream, older(request)),
        "is_first": "older" not in request.GET,
    }
    return render(request, "people/person.html", context)


def _watching(visitor: Person | None, who: Person) -> WatchForm | None:
    """The form for the level of a person. None for themselves and if nobody is signed in. One query."""
    if visitor is None or visitor == who:
        return None
    return of_stream(Stream.Kind.PERSON, who.pk, watches.level_of(visitor, who.pk))
