"""Muting somebody, a topic or a thread, for a time or for good, from their page or from a card."""

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
from network.views.decorators import AsPerson, SeeOther, is_undo, local, person_required

LASTS = {"day": timedelta(days=1), "week": timedelta(weeks=1), "month": timedelta(days=30)}


@require_POST
@person_required
@limited("follow")
def person(request: AsPerson, handle: str) -> HttpResponse:
    other = people.find_by_handle(request.person, handle)
    if is_undo(request):
        return _unmute(request, other, Mute.objects.filter(person=request.person, muted_person=other).first())
    mutes.mute_person(request.person, other, until=_asked_for(request))
    return _muted(request, other)


@require_POST
@person_required
@limited("follow")
def topic(request: AsPerson, name: str) -> HttpResponse:
    found = topics.find(request.person, name)
    if is_undo(request):
        return _unmute(request, found, Mute.objects.filter(person=request.person, topic=found.pk).first())
    return _muted(request, topic_actions.mute(request.person, found.name, until=_asked_for(request)))


@require_POST
@person_required
@limited("mark")
def thread(request: AsPerson, post_id: int) -> HttpResponse:
    post = posts.find(request.person, post_id)
    if not is_undo(request):
        mutes.mute_thread(request.person, post, until=_asked_for(request))
        messages.success(request, _("This thread stays out of your home and your notices."))
    elif (muted := Mute.objects.filter(person=request.person, thread=post.thread_id).first()) is not None:
        mutes.unmute(request.person, muted)
    return partials.marked(request, post)


def _asked_for(request: AsPerson) -> timedelta | None:
    """How long the mute lasts; for good where nothing is said."""
    return LASTS.get(request.POST.get("for", ""))


def _muted(request: AsPerson, what: Person | Topic) -> HttpResponse:
    messages.success(request, _("%(name)s stays out of your home and notices.") % {"name": what})
    return SeeOther(local(request, what.get_absolute_url()))


def _unmute(request: AsPerson, what: Person | Topic, mute: Mute | None) -> HttpResponse:
    if mute is not None:
        mutes.unmute(request.person, mute)
        messages.success(request, _("%(name)s can reach you again.") % {"name": what})
    return SeeOther(local(request, what.get_absolute_url()))
