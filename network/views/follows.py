"""Following people and topics, answering who asks to follow, and where what is followed goes."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from network.actions import follows, topics
from network.errors import Invalid
from network.forms.lists import DeliveryForm
from network.limits import limited
from network.models import Follow, Person, Topic
from network.queries import following, lists, people
from network.queries import topics as topic_queries
from network.views.decorators import AsPerson, SeeOther, is_undo, local, person_required


@require_POST
@person_required
@limited("follow")
def person(request: AsPerson, handle: str) -> HttpResponse:
    """Follow somebody, or follow them no longer."""
    other = people.find_by_handle(request.person, handle)
    if is_undo(request):
        follows.unfollow(request.person, other.stream)
    else:
        follows.follow(request.person, other.stream)
    return _followed(request, other)


@require_POST
@person_required
@limited("follow")
def topic(request: AsPerson, name: str) -> HttpResponse:
    """Follow a topic, or follow it no longer."""
    found = topic_queries.find(request.person, name)
    if not is_undo(request):
        found = topics.follow(request.person, found.name)
    elif found.pk is not None:
        follows.unfollow(request.person, found.stream)
    return _followed(request, found)


@require_POST
@person_required
@limited("follow")
def accept(request: AsPerson, handle: str) -> HttpResponse:
    """Let somebody follow the one who is asked."""
    follows.accept(request.person, people.find_by_handle(request.person, handle))
    return SeeOther(local(request, request.person.get_absolute_url()))


@require_POST
@person_required
@limited("follow")
def remove(request: AsPerson, handle: str) -> HttpResponse:
    """Decline a request to follow, or end somebody's following of the one who sends this."""
    follows.remove_follower(request.person, people.find_by_handle(request.person, handle))
    return SeeOther(local(request, request.person.get_absolute_url()))


@require_POST
@person_required
@limited("follow")
def deliver(request: AsPerson, stream_id: int) -> HttpResponse:
    """Say where what is published to a followed stream goes."""
    follow = get_object_or_404(
        Follow.objects.select_related("stream__person", "stream__topic", "stream__group"),
        follower=request.person,
        stream=stream_id,
        state=Follow.State.ACCEPTED,
    )
    form = DeliveryForm(request.POST, lists=lists.of(request.person))
    if not form.is_valid():
        raise Invalid(_("Choose where it should go, and which comments you want."))
    follows.deliver(request.person, follow.stream, **form.delivery())
    return SeeOther(local(request, following.followed(follow.stream).get_absolute_url()))


def _followed(request: AsPerson, what: Person | Topic) -> HttpResponse:
    """The button as it is now, for htmx; the page that it was on, for everybody else."""
    if getattr(request, "htmx", False):
        follow = following.follows_of(request.person, [what.pk]).get(what.pk)
        return render(request, "streams/_follow.html", {"what": what, "follow": follow})
    return SeeOther(local(request, what.get_absolute_url()))
