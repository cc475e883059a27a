"""Mute a person, a topic or a thread, for a time or for good."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from network.actions import mutes
from network.actions import topics as topic_actions
from network.limits import limited
from network.models import Mute, Person, Topic
from network.queries import people, posts, topics
from network.views import partials
from network.views.decorators import PersonRequest, SeeOther, is_undo, next_url, person_required

DURATIONS = {"day": timedelta(days=1), "week": timedelta(weeks=1), "month": timedelta(days=30)}


@require_POST
@person_required
@limited("follow")
def person(request: PersonRequest, handle: str) -> HttpResponse:
    other = people.find_by_handle(request.person, handle)
    if is_undo(request):
        return _unmute(request, other, Mute.objects.filter(person=request.person, muted_person=other).first())
    mutes.mute_person(request.person, other, until=_duration(request))
    return _muted(request, other)


@require_POST
@person_required
@limited("follow")
def topic(request: PersonRequest, name: str) -> HttpResponse:
    found = topics.find(request.person, name)
    if is_undo(request):
        return _unmute(request, found, Mute.objects.filter(person=request.person, topic=found.pk).first())
    return _muted(request, topic_actions.mute(request.person, found.name, until=_duration(request)))


@require_POST
@person_required
@limited("mark")
def thread(request: PersonRequest, post_id: int) -> HttpResponse:
    post = posts.find(request.person, post_id)
    if not is_undo(request):
        mutes.mute_thread(request.person, post, until=_duration(request))
        messages.success(request, _("This thread stays out of your home and your notices."))
    elif (muted := Mute.objects.filter(person=request.person, thread=post.thread_id).first()) is not None:
        mutes.unmute(request.person, muted)
    return partials.marked(request, post)


def _duration(request: PersonRequest) -> timedelta | None:
    """Return how long the mute lasts; None for good."""
    return DURATIONS.get(request.POST.get("for", ""))


def _muted(request: PersonRequest, what: Person | Topic) -> HttpResponse:
    messages.success(request, _("%(name)s stays out of your home and notices.") % {"name": what})
    return SeeOther(next_url(request, what.get_absolute_url()))


def _unmute(request: PersonRequest, what: Person | Topic, mute: Mute | None) -> HttpResponse:
    if mute is not None:
        mutes.unmute(request.person, mute)
        messages.success(request, _("%(name)s can reach you again.") % {"name": what})
    return SeeOther(next_url(request, what.get_absolute_url()))
