"""The saved posts and the messages of a person."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from network.queries import bookmarks as bookmark_queries
from network.queries import messages as message_queries
from network.queries.latest import Cut
from network.views.decorators import PersonRequest, cursor, person_required, position


@require_safe
@person_required
def saved(request: PersonRequest) -> HttpResponse:
    page = bookmark_queries.find_page(request.person, cursor(request, "before"))
    return render(request, "posts/saved.html", {"page": page})


@require_safe
@person_required
def messages(request: PersonRequest) -> HttpResponse:
    page = message_queries.find_page(request.person, position(request, Cut.parse))
    return render(request, "posts/messages.html", {"page": page})
