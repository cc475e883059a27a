"""The pages of one stream: a topic's and a person's, opened by their address."""

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
from network.queries import following, groups, lists, people, topics, watches

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
        "delivery": delivery(follow, lists.of(person)),
        "mute": Mute.objects.filter(person=person, topic=what).first() if person and what.pk else None,
        "page": cards.of_stream(person, what.stream, older(request)) if what.pk else NOTHING,
        "is_first": "older" not in request.GET,
    }
    return render(request, "topics/topic.html", context)


@require_safe
def person(request: HttpRequest, handle: str) -> HttpResponse:
    looks = viewer(request)
    who = people.find_by_handle(looks, handle.lower())
    if who.handle != handle:
        return redirect(who, permanent=True)
    relation = following.relation(looks, who)
    is_own = looks == who
    context = {
        "who": who,
        "is_own": is_own,
        "nav": "you" if is_own else "",
        "relation": relation,
        "delivery": delivery(relation.follow, lists.of(looks)),
        "watching": _watching(looks, who),
        "shows_lists": following.may_see_lists(looks, who),
        "groups": groups.of_person(looks, who) if following.may_see_lists(looks, who) else [],
        "requests": following.requests(who) if is_own and who.approves_followers else None,
        "page": cards.of_stream(looks, who.stream, older(request)),
        "is_first": "older" not in request.GET,
    }
    return render(request, "people/person.html", context)


def _watching(looks: Person | None, who: Person) -> WatchForm | None:
    """How much `looks` hears of somebody; None signed out and for oneself. One query."""
    if looks is None or looks == who:
        return None
    return of_stream(Stream.Kind.PERSON, who.pk, watches.level_of(looks, who.pk))
