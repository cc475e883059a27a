"""Follow people and topics, answer requests to follow, and choose where a followed stream goes."""

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
from network.views.decorators import PersonRequest, SeeOther, is_undo, next_url, person_required


@require_POST
@person_required
@limited("follow")
def person(request: PersonRequest, handle: str) -> HttpResponse:
    """Follow or unfollow a person."""
    other = people.find_by_handle(request.person, handle)
    if is_undo(request):
        follows.unfollow(request.person, other.stream)
    else:
        follows.follow(request.person, other.stream)
    return _followed(request, other)


@require_POST
@person_required
@limited("follow")
def topic(request: PersonRequest, name: str) -> HttpResponse:
    """Follow or unfollow a topic."""
    found = topic_queries.find(request.person, name)
    if not is_undo(request):
        found = topics.follow(request.person, found.name)
    elif found.pk is not None:
        follows.unfollow(request.person, found.stream)
    return _followed(request, found)


@require_POST
@person_required
@limited("follow")
def accept(request: PersonRequest, handle: str) -> HttpResponse:
    """Accept a request to follow oneself."""
    follows.accept(request.person, people.find_by_handle(request.person, handle))
    return SeeOther(next_url(request, request.person.get_absolute_url()))


@require_POST
@person_required
@limited("follow")
def remove(request: PersonRequest, handle: str) -> HttpResponse:
    """Decline a request to follow oneself, or remove a follower."""
    follows.remove_follower(request.person, people.find_by_handle(request.person, handle))
    return SeeOther(next_url(request, request.person.get_absolute_url()))


@require_POST
@person_required
@limited("follow")
def deliver(request: PersonRequest, stream_id: int) -> HttpResponse:
    """Set where the publications of a followed stream go: home, a list or the digest."""
    follow = get_object_or_404(
        Follow.objects.select_related("stream__person", "stream__topic", "stream__group"),
        follower=request.person,
        stream=stream_id,
        state=Follow.State.ACCEPTED,
    )
    form = DeliveryForm(request.POST, lists=lists.of(request.person.pk))
    if not form.is_valid():
        raise Invalid(_("Choose where it should go, and which comments you want."))
    follows.deliver(request.person, follow.stream, **form.delivery())
    return SeeOther(next_url(request, following.followed(follow.stream).get_absolute_url()))


def _followed(request: PersonRequest, what: Person | Topic) -> HttpResponse:
    """Return the follow button for htmx; redirect to the page otherwise."""
    if getattr(request, "htmx", False):
        follow = following.follows_of(request.person, [what.pk]).get(what.pk)
        return render(request, "streams/_follow.html", {"what": what, "follow": follow})
    return SeeOther(next_url(request, what.get_absolute_url()))
