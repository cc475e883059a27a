"""The page of notices, opening a notification, and marking all as seen."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from feeds.notifications import notify, pages
from feeds.notifications.registry import Tab
from feeds.notifications.subjects import url_of
from feeds.views.parameters import older
from network import ids
from network.views.decorators import PersonRequest, SeeOther, is_visit, person_required


@require_safe
@person_required
def page(request: PersonRequest) -> HttpResponse:
    show = request.GET.get("show", "")
    found = pages.page(request.person, show=show, cursor=older(request))
    context = {"nav": "notices", "page": found, "show": show, "tabs": Tab.choices}
    return render(request, "notices.html", context)


@require_safe
@person_required
def open(request: PersonRequest, activity_id: int) -> HttpResponse:
    """Redirect to the first unread activity of the line, and mark the line as read up to this one."""
    notification = pages.find(request.person, activity_id)
    first = pages.first_unread(notification, request.person)
    if is_visit(request):
        notify.mark_read(notification)
    return redirect(url_of(first))


@require_POST
@person_required
def seen(request: PersonRequest) -> HttpResponse:
    """Mark all as read up to the newest that the page showed."""
    upto = ids.parse(request.POST.get("upto"))
    if upto is not None:
        notify.mark_all_read(request.person, upto)
    return SeeOther(reverse("notices"))
