"""The page of home. While a home is empty, it says how to fill it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from feeds.feed import Feed
from feeds.follow_rule import PARTS
from feeds.reading.cards import Page
from feeds.reading.reasons import Why
from feeds.views.feed_pages import feed_page
from feeds.views.parameters import older, viewer
from network.forms.posts import PostForm
from network.models import Person
from network.queries import beginning, groups, lists, topics
from network.views.welcome import welcome


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    person = viewer(request)
    if person is None:
        return welcome(request)
    show, is_first = request.GET.get("show", ""), older(request) is None  # a part of home: `/?show=topics`
    if show not in PARTS:
        show = ""
    page = feed_page(request, Feed(person, kind=PARTS.get(show, "")))
    if not show and is_first and not page.cards:
        return empty(request, person)
    return render(
        request,
        "home/home.html",
        {
            "page": page,
            "show": show,
            "feed_name": show or "home",
            "lists": lists.of(person.pk),
            "today": timezone.localdate(),
            "is_first": is_first,
            "only_topics": not show and _only_topics(page),
            "composer": PostForm(person),
            "topics": topics.followed(person) if is_first and not show else [],
            "groups": groups.mine(person),
        },
    )


def empty(request: HttpRequest, person: Person) -> HttpResponse:
    """The home of a person whose follows have no posts: what to do next, and topics and lists."""
    context = {
        "start": beginning.steps(person),
        "composer": PostForm(person),
        "topics": topics.followed(person),
        "lists": lists.of(person.pk),
    }
    return render(request, "home/empty.html", context)


def _only_topics(page: Page) -> bool:
    """Whether all posts of a page come from topics, as for a new person."""
    why = {reason.why for card in page.cards for reason in card.reasons}
    return why == {Why.TOPIC}
