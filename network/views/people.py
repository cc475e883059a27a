"""The followers of a person, whom they follow, and the redirect to one's own page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from network.queries import following as queries
from network.queries import people
from network.views.decorators import PersonRequest, cursor, person_required


@require_safe
@person_required
def you(request: PersonRequest) -> HttpResponse:
    return redirect(request.person)


@require_safe
def followers(request: HttpRequest, handle: str) -> HttpResponse:
    viewer = request.person  # type: ignore[attr-defined]
    who = people.find_by_handle(viewer, handle)
    page = queries.followers(viewer, who, cursor(request, "before"))
    context = {"who": who, "page": page, "here": "followers", "removes": viewer == who}
    return render(request, "people/followers.html", context)


@require_safe
def following(request: HttpRequest, handle: str) -> HttpResponse:
    viewer = request.person  # type: ignore[attr-defined]
    who = people.find_by_handle(viewer, handle)
    page = queries.following(viewer, who, cursor(request, "before"))
    return render(request, "people/following.html", {"who": who, "page": page, "here": "following"})
