"""Watch a thread, a person or a group: choose which of their posts give a notification."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from network.actions import watches
from network.errors import Invalid
from network.limits import limited
from network.models import Stream, Watch
from network.queries import following, posts
from network.views import partials
from network.views.decorators import PersonRequest, SeeOther, is_undo, next_url, person_required

Level = Watch.Level


@require_POST
@person_required
@limited("mark")
def thread(request: PersonRequest, post_id: int) -> HttpResponse:
    """Set the level for a thread, ALL by default; undo sets NAMED."""
    post = posts.find(request.person, post_id)
    chosen = Level.NAMED if is_undo(request) else _level(request) or Level.ALL
    watches.watch_thread(request.person, post, chosen)
    return partials.marked(request, post)


@require_POST
@person_required
@limited("mark")
def stream(request: PersonRequest, stream_id: int) -> HttpResponse:
    """Set the level for a person or a group; an empty level is the default."""
    streams = Stream.objects.select_related("person", "topic", "group")
    found = get_object_or_404(streams, pk=stream_id)
    watches.watch_stream(request.person, found, _level(request))
    messages.success(request, _("Saved. It applies to what is new from now on."))
    return SeeOther(next_url(request, following.followed(found).get_absolute_url()))


def _level(request: PersonRequest) -> Level | None:
    """Return the chosen level; None for the default. Raises Invalid."""
    raw = request.POST.get("level", "")
    if raw and raw not in Level.values:
        raise Invalid(_("Choose how much you want to hear."))
    return Level(raw) if raw else None
