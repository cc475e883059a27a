"""What a person was told: the page, opening a notice, and having seen them all."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from feeds.models import Notification
from feeds.notifications import grouping, notify
from feeds.views.parameters import older
from network import ids
from network.queries import members
from network.views.decorators import PersonRequest, SeeOther, is_visit, person_required


@require_safe
@person_required
def page(request: PersonRequest) -> HttpResponse:
    show = request.GET.get("show", "")
    found = grouping.page(request.person, show=show, cursor=older(request))
    return render(request, "notices.html", {"nav": "notices", "page": found, "show": show})


@require_safe
@person_required
def open(request: PersonRequest, activity_id: int) -> HttpResponse:
    """Go to what a line is about, at the first that is new of it; from then on it is not."""
    notice = grouping.find(request.person, activity_id)
    first = grouping.first_new(notice, request.person)
    if is_visit(request):
        notify.mark_read(notice)
    return redirect(_about(first))


@require_POST
@person_required
def seen(request: PersonRequest) -> HttpResponse:
    """Mark as seen what the page showed, and nothing that came since."""
    upto = ids.parse(request.POST.get("upto"))
    if upto is not None:
        notify.mark_all_read(request.person, upto)
    return SeeOther(reverse("notices"))


def _about(notice: Notification) -> str:
    activity = notice.activity
    if activity.post is not None:
        return activity.post.get_absolute_url()
    group = getattr(activity.stream, "group", None)
    if group is not None and notice.kind == Notification.Kind.REQUEST:
        return reverse("group_requests", args=[group.slug])
    if group is not None and notice.kind == Notification.Kind.INVITED:
        invitation = members.holding(notice.person).filter(group=group).first()
        return str((invitation or group).get_absolute_url())
    return str((group or activity.actor).get_absolute_url())
