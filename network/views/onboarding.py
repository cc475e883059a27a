"""The first page after signing up: topics and people to follow, so that home is not empty."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from network import ids
from network.actions import follows
from network.errors import Invalid
from network.limits import limited
from network.models import Stream
from network.queries import finding, people
from network.views.decorators import PersonRequest, SeeOther, person_required

TOPICS, PEOPLE = 24, 8  # how many are offered
MAX_CHOSEN = 2 * (TOPICS + PEOPLE)


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
@limited("follow")
def start(request: PersonRequest) -> HttpResponse:
    """Follow the chosen topics and people. Their older posts are in home at once."""
    if request.method == "POST":
        return _follow_chosen(request)
    context = {
        "topics": finding.topics_to_find(request.person, size=TOPICS).rows,
        "people": finding.people_to_find(request.person, size=PEOPLE).rows,
    }
    return render(request, "start.html", context)


def _follow_chosen(request: PersonRequest) -> HttpResponse:
    raw = request.POST.getlist("stream")
    chosen = {id for id in map(ids.parse, raw) if id is not None} - {request.person.pk}
    if len(raw) > MAX_CHOSEN:
        raise Invalid(_("Choose from the list, or go on without."))
    offered = Q(kind=Stream.Kind.TOPIC) | Q(person__in=people.visible_to(request.person))
    streams = Stream.objects.filter(offered, pk__in=chosen)
    for stream in streams.select_related("topic__alias_of__stream"):
        follows.follow(request.person, stream)
    if chosen:
        messages.success(request, _("Your home begins with what they wrote lately."))
    return SeeOther(reverse("home"))
