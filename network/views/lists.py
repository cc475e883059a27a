"""Lists that are one person's own: what they saved, and their messages."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from network.queries import messages as message_queries
from network.queries import saved as saved_queries
from network.queries.latest import Cut
from network.views.decorators import AsPerson, cursor, person_required, place


@require_safe
@person_required
def saved(request: AsPerson) -> HttpResponse:
    page = saved_queries.find_page(request.person, cursor(request, "before"))
    return render(request, "posts/saved.html", {"page": page})


@require_safe
@person_required
def messages(request: AsPerson) -> HttpResponse:
    page = message_queries.find_page(request.person, place(request, Cut.parse))
    return render(request, "posts/messages.html", {"page": page})
