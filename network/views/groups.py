"""Groups: the index, a group's page and rules, and to create, edit and close one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from network.actions import groups
from network.forms.destinations import of_group
from network.forms.groups import GroupForm
from network.forms.lists import delivery
from network.forms.posts import PostForm
from network.forms.watches import of_member
from network.limits import limited
from network.models import Follow, Person
from network.queries import discussions, finding, members, watches
from network.queries import groups as queries
from network.queries.latest import Cut
from network.queries.listing import Ranked
from network.queries.members import Standing
from network.views.decorators import PersonRequest, SeeOther, person_required, position
from network.views.submit import submit


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show one's own groups, and others to join."""
    person = request.person  # type: ignore[attr-defined]
    before = position(request, Ranked.parse)
    context = {
        "mine": queries.mine(person) if person is not None and before is None else [],
        "others": finding.groups_to_find(person, place=before),
        "is_first": before is None,
    }
    return render(request, "groups/groups.html", context)


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the discussions of a group to those who may read it; to others its rules and how to join."""
    person = request.person  # type: ignore[attr-defined]
    stands = members.standing(person, slug)
    if stands.group.slug != slug:
        return redirect(stands.group)
    before = position(request, Cut.parse)
    page = discussions.find_page(person, stands.group, stands.membership, before)
    context = {
        "page": page,
        "is_first": before is None,
        "composer": PostForm(person, of_group(stands.group)) if stands.may_write else None,
        "delivery": delivery(stands.membership),
        "watching": of_member(stands.membership, watches.level_of(person, stands.group.pk)),
        "moderators": members.moderators(person, stands),
        "presence": before is None and stands.may_write and queries.shows_presence(person, stands.group),
    }
    return render(request, "groups/group.html", context | about(stands))


@require_safe
def rules(request: HttpRequest, slug: str) -> HttpResponse:
    stands = members.standing(request.person, slug)  # type: ignore[attr-defined]
    return render(request, "groups/rules.html", about(stands))


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
@limited("group")
def new(request: PersonRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "groups/new.html", {"form": GroupForm()})
    form = GroupForm(request.POST)
    group, status = submit(form, lambda: groups.create(request.person, form.draft()))
    if group is None:
        return render(request, "groups/new.html", {"form": form}, status=status)
    return SeeOther(group.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
@limited("group")
def edit(request: PersonRequest, slug: str) -> HttpResponse:
    stands = _owned(request.person, slug)
    if request.method != "POST":
        return render(request, "groups/edit.html", {"form": GroupForm(group=stands.group)} | about(stands))
    form = GroupForm(request.POST)
    group, status = submit(form, lambda: groups.edit(request.person, stands.group, form.draft()))
    if group is None:
        return render(request, "groups/edit.html", {"form": form} | about(stands), status=status)
    if group.slug == slug:
        messages.success(request, _("Your changes are saved."))
    else:
        sentence = _(
            "Your changes are saved. The group has a new address, and the old one leads its members here."
        )
        messages.success(request, sentence)
    return SeeOther(group.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
@limited("group")
def close(request: PersonRequest, slug: str) -> HttpResponse:
    """Show a confirmation page; a POST closes the group."""
    stands = _owned(request.person, slug)
    if request.method != "POST":
        return render(request, "groups/close.html", about(stands))
    groups.close(request.person, stands.group)
    return SeeOther(stands.group.get_absolute_url())


def about(stands: Standing) -> dict[str, object]:
    """Return the context of every page of a group. One query at most."""
    return {
        "group": stands.group,
        "stands": stands,
        "membership": stands.membership,
        "asking": members.number_of_requests(stands),
    }


def _owned(person: Person, slug: str) -> Standing:
    """Return the standing of `person` in a group that they own. Raises NotVisible, Refused."""
    stands = members.standing(person, slug)
    queries.ensure_role(person, stands.group, Follow.Role.OWNER)
    return stands
