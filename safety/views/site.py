"""The administrators' pages, "Looking after this place". For others they do not exist."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from network.actions.site import set_open
from network.errors import NotVisible
from network.limits import limited
from network.queries.site import is_administrator, is_open
from network.views.decorators import PersonRequest, SeeOther, cursor, is_visit, person_required
from safety.actions import invitations as actions
from safety.forms.site import InvitationForm, SiteForm
from safety.models import SiteInvitation
from safety.queries import invitations as queries

MADE = "site_invitation_made"  # in the session: the invitation whose link the next page shows
View = Callable[..., HttpResponse]


def administrator_required(view: View) -> View:
    """Decorate a view: people who are not signed in go to the sign-in page, others get a 404."""

    @wraps(view)
    def wrapper(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_administrator(request.person):
            raise NotVisible
        return view(request, *args, **kwargs)

    return person_required(wrapper)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
@limited("site")
def place(request: PersonRequest) -> HttpResponse:
    """Show who may come in; a POST changes it."""
    form = SiteForm(request.POST if request.method == "POST" else None, is_open=is_open())
    if form.is_valid():
        set_open(request.person, form.is_open())
        messages.success(request, _now(form.is_open()))
        return SeeOther(reverse("site"))
    return render(request, "site/place.html", {"form": form}, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
@limited("site")
def invitations(request: PersonRequest) -> HttpResponse:
    """Show the invitations; a POST makes one, and the next page shows its link once."""
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        request.session[MADE] = actions.invite(request.person, form.draft()).pk
        return SeeOther(reverse("site_invitations"))
    made = request.session.pop(MADE, None) if is_visit(request) else None
    context = {
        "form": form,
        "made": queries.working().filter(pk=made).first() if made else None,
        "page": queries.of_site(cursor(request, "before")),
        "is_open": is_open(),
    }
    return render(request, "site/invitations.html", context, status=400 if form.errors else 200)


@require_POST
@administrator_required
@limited("site")
def withdraw(request: PersonRequest, invitation_id: int) -> HttpResponse:
    invitation = get_object_or_404(SiteInvitation, pk=invitation_id)
    actions.withdraw(request.person, invitation)
    messages.success(request, _("The link for %(label)s does not work any more.") % {"label": invitation})
    return SeeOther(reverse("site_invitations"))


def _now(is_open: bool) -> str:
    """What is so now, and how to undo it."""
    if is_open:
        return _("Anyone can come in now. To undo this, choose “Only people you invite” and save.")
    return _("Only people you invite can come in now. To undo this, choose “Anyone” and save.")
