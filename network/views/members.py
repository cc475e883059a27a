"""Members of a group: join and leave, and for moderators accept, remove and set roles."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network.actions import memberships
from network.errors import Invalid
from network.limits import limited
from network.models import Follow
from network.queries import members as queries
from network.views.decorators import PersonRequest, SeeOther, cursor, next_url, person_required
from network.views.groups import about


@require_safe
def members(request: HttpRequest, slug: str) -> HttpResponse:
    person = request.person  # type: ignore[attr-defined]
    stands = queries.standing(person, slug)
    before = cursor(request, "before")
    context = {
        "page": queries.members(person, stands, before),
        "moderators": queries.moderators(person, stands) if before is None else [],
        "roles": [(role, role.label) for role in Follow.Role if role != Follow.Role.NONE],
    }
    return render(request, "groups/members.html", context | about(stands))


@require_safe
@person_required
def requests(request: PersonRequest, slug: str) -> HttpResponse:
    """Show requests to join to owners and moderators."""
    stands = queries.standing(request.person, slug)
    page = queries.requests(request.person, stands.group, cursor(request, "before"))
    return render(request, "groups/requests.html", {"page": page} | about(stands))


@require_POST
@person_required
@limited("follow")
def join(request: PersonRequest, slug: str) -> HttpResponse:
    """Join a group, or request to join."""
    group = queries.standing(request.person, slug).group
    memberships.join(request.person, group)
    return SeeOther(next_url(request, group.get_absolute_url()))


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
@limited("follow")
def leave(request: PersonRequest, slug: str) -> HttpResponse:
    """Show a confirmation page; a POST leaves the group, or withdraws the request to join."""
    stands = queries.standing(request.person, slug)
    if request.method != "POST":
        is_last = queries.is_last_owner(stands)
        return render(request, "groups/leave.html", {"is_last_owner": is_last} | about(stands))
    memberships.leave(request.person, stands.group)
    messages.success(request, _("You have left %(group)s.") % {"group": stands.group})
    return SeeOther(next_url(request, reverse("groups")))


@require_POST
@person_required
@limited("group")
def accept(request: PersonRequest, slug: str, person_id: int) -> HttpResponse:
    group = queries.standing(request.person, slug).group
    memberships.accept(request.person, group, queries.member(request.person, group, person_id))
    return SeeOther(next_url(request, reverse("group_requests", args=[slug])))


@require_POST
@person_required
@limited("group")
def remove(request: PersonRequest, slug: str, person_id: int) -> HttpResponse:
    """Remove a member, or decline a request to join."""
    group = queries.standing(request.person, slug).group
    memberships.remove(request.person, group, queries.member(request.person, group, person_id))
    return SeeOther(next_url(request, reverse("group_members", args=[slug])))


@require_POST
@person_required
@limited("group")
def role(request: PersonRequest, slug: str, person_id: int) -> HttpResponse:
    """Set the role of a member."""
    group = queries.standing(request.person, slug).group
    chosen = request.POST.get("role", "")
    if chosen not in Follow.Role.values:
        raise Invalid(_("Choose a role."))
    person = queries.member(request.person, group, person_id)
    memberships.give_role(request.person, group, person, Follow.Role(chosen))
    return SeeOther(next_url(request, reverse("group_members", args=[slug])))
