"""Plain requests of live pages: a poll for what a page missed, and tickets."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from redis.exceptions import RedisError

from network import ids
from network.errors import Invalid, Refused
from network.limits import limited
from realtime.endpoints import tickets
from realtime.hub import counters, replay
from realtime.protocol import client_messages, messages
from realtime.visibility import rights


@require_safe
@never_cache
def missed(request: HttpRequest) -> HttpResponse:
    """The frames that a page missed since an id, the same as a websocket would send."""
    try:
        watch = client_messages.parse_query(request.GET)
    except client_messages.NotUnderstood as error:
        raise Invalid(_("This is not what live pages ask for: %s.") % error) from None
    person = request.person  # type: ignore[attr-defined]
    if not watch.is_for(person.pk if person else None):
        raise Refused(_("Sign in to see this."))
    upto = ids.now()
    known = rights.load([person.pk])[person.pk] if person else rights.of_nobody()
    page = replay.ReplayRequest(known, watch.place, watch.threads, min(watch.since, upto) or upto)
    [found] = replay.load_replays([page])
    frames = [*found.frames, messages.complete_frame(upto, more=found.more)]
    if person:
        unread = counters.count_unread([person.pk])
        frames += [messages.frame("unread", count=count) for count in unread.values()]
    return HttpResponse(f'{{"frames":[{",".join(frames)}]}}', content_type="application/json")


@require_POST
@limited("ticket")
def ticket(request: HttpRequest) -> JsonResponse:
    """A ticket for `/live`, for a person who is signed in."""
    if request.person is None:  # type: ignore[attr-defined]
        raise Refused(_("Sign in to get a ticket."))
    try:
        return JsonResponse({"ticket": tickets.issue(request.session.session_key or "")})
    except RedisError:
        sentence = _("There are no tickets at the moment. Try again in a minute.")
        return JsonResponse({"error": sentence}, status=503)
