"""The page of a feed that a request asks for."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest

from feeds.actions import visits
from feeds.feed import Feed
from feeds.reading import cards
from feeds.reading.cards import Page
from feeds.views.parameters import older
from network.queries import lists
from network.views.decorators import is_visit


def feed_page(request: HttpRequest, feed: Feed) -> Page:
    """A page of a feed; a visit of its first page moves the reading marker. Raises Invalid.

    A part of home has the marker of the home, and does not move it. Two queries more than the cards on a
    visit of the first page, one on others.
    """
    cursor = older(request)
    page = cards.of_feed(feed, cursor)
    if is_visit(request) and cursor is None and page.newest and not feed.kind:
        return replace(page, read_id=visits.visit(feed, page.newest))
    read_id, _shown_id = lists.marker(feed.person, feed.id)
    return replace(page, read_id=read_id)
