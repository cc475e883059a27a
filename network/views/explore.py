"""Explore: suggested people, topics, groups and posts, and a search by name."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from network.errors import NotVisible
from network.queries import finding
from network.queries.listing import Ranked, Rows
from network.views.decorators import cursor, position

KINDS = {
    "people": finding.people_to_find,
    "topics": finding.topics_to_find,
    "groups": finding.groups_to_find,
}
FEW = 4
POSTS = 10


@require_safe
def explore(request: HttpRequest) -> HttpResponse:
    """Show a few of each kind or, with `q`, those with that name."""
    viewer = request.person  # type: ignore[attr-defined]
    words = finding.clean(request.GET.get("q", ""))
    found = {kind: find(viewer, words, size=FEW) for kind, find in KINDS.items()}
    posts = Rows([], None) if words else finding.threads_to_find(viewer, size=POSTS)
    return render(request, "explore/explore.html", {**found, "posts": posts, "words": words})


@require_safe
def kind(request: HttpRequest, kind: str) -> HttpResponse:
    """Show all of one kind, or with `q` those with that name, in pages."""
    viewer = request.person  # type: ignore[attr-defined]
    words = finding.clean(request.GET.get("q", ""))
    if kind not in KINDS:
        raise NotVisible
    page = KINDS[kind](viewer, words, position(request, Ranked.parse))
    return render(request, "explore/kind.html", {"kind": kind, "page": page, "words": words})


@require_safe
def posts(request: HttpRequest) -> HttpResponse:
    """Show public posts in pages, newest first."""
    viewer = request.person  # type: ignore[attr-defined]
    page = finding.threads_to_find(viewer, cursor(request, "before"))
    return render(request, "explore/posts.html", {"page": page})
