"""Invitations to a group: create, withdraw and accept them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from network.actions import invitations
from network.errors import NotVisible
from network.forms.groups import InviteForm
from network.limits import limited
from network.models import Group, Invitation, Person
from network.queries import groups, members, people
from network.views.decorators import PersonRequest, SeeOther, person_required
from network.views.groups import about


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
@limited("group")
def index(request: PersonRequest, slug: str) -> HttpResponse:
    """Show the valid invitations; a POST creates a link, or invites a person by handle."""
    stands = members.standing(request.person, slug)
    groups.ensure_role(request.person, stands.group)
    form = InviteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        handle = form.cleaned_data["handle"]
        try:
            _invite(request.person, stands.group, handle)
        except NotVisible:
            form.add_error("handle", _("There is nobody called @%(handle)s here.") % {"handle": handle})
        else:
            return SeeOther(reverse("group_invitations", args=[slug]))
    context = {"form": form, "invitations": members.invitations(request.person, stands)} | about(stands)
    return render(request, "groups/invitations.html", context, status=400 if form.errors else 200)


def _invite(member: Person, group: Group, handle: str) -> None:
    if handle:
        invitations.invite_person(member, group, people.find_by_handle(member, handle))
    else:
        invitations.invite(member, group)


@require_POST
@person_required
@limited("group")
def withdraw(request: PersonRequest, token: str) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.select_related("group__stream"), token=token)
    invitations.withdraw(request.person, invitation)
    return SeeOther(reverse("group_invitations", args=[invitation.group.slug]))


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, token: str) -> HttpResponse:
    """Show the name and rules of the group, even of a hidden one; a POST joins it."""
    person = request.person  # type: ignore[attr-defined]
    invitation = members.find_invitation(person, token)
    if request.method == "POST":
        return accept(request, invitation=invitation)
    context = {
        "invitation": invitation,
        "group": invitation.group,
        "membership": groups.membership(person, invitation.group),
        "must_ask": invitation.person_id is None and groups.was_removed(person, invitation.group),
    }
    return render(request, "groups/invitation.html", context)


@person_required
@limited("follow")
def accept(request: PersonRequest, invitation: Invitation) -> HttpResponse:
    invitations.accept(request.person, invitation)
    return SeeOther(invitation.group.get_absolute_url())
