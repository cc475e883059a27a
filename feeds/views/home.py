"""The page of home. While a home is empty, it says how to fill it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from feeds.feed import Feed
from feeds.reading import cards
from feeds.reading.reasons import Why
from feeds.views.parameters import older, viewer
from network.forms.posts import PostForm
from network.models import Person, Stream
from network.queries import beginning, groups, lists, topics
from network.views.decorators import is_visit
from network.views.welcome import welcome

# The parts of a home, as addresses and pages name them: `/?show=topics`.
SHOWN = {"people": Stream.Kind.PERSON, "topics": Stream.Kind.TOPIC, "groups": Stream.Kind.GROUP}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    person = viewer(request)
    if person is None:
        return welcome(request)
    show, cursor = request.GET.get("show", ""), older(request)
    if show not in SHOWN:
        show = ""
    page = cards.of_feed(Feed(person, kind=SHOWN.get(show, "")), cursor, is_visit=is_visit(request))
    if not show and cursor is None and not page.cards:
        return empty(request, person)
    return render(
        request,
        "home/home.html",
        {
            "page": page,
            "show": show,
            "lists": lists.of(person),
            "today": timezone.localdate(),
            "is_first": cursor is None,
            "only_topics": not show and _only_topics(page),
            "composer": PostForm(person),
            "topics": topics.followed(person) if cursor is None and not show else [],
            "groups": groups.mine(person),
        },
    )


def empty(request: HttpRequest, person: Person) -> HttpResponse:
    """The home of a person whose follows have no posts: what to do next, and topics and lists."""
    context = {
        "start": beginning.steps(person),
        "composer": PostForm(person),
        "topics": topics.followed(person),
        "lists": lists.of(person),
    }
    return render(request, "home/empty.html", context)


def _only_topics(page: cards.Page) -> bool:
    """Whether all posts of a page come from topics, as for a new person."""
    why = {reason.why for card in page.cards for reason in card.reasons}
    return why == {Why.TOPIC}
