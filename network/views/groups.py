"""Groups: finding them, making one, what they discuss, what they say of themselves, closing one."""

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
from network.queries import discussions, finding, lists, members, watches
from network.queries import groups as queries
from network.queries.latest import Cut
from network.queries.listing import Ranked
from network.queries.members import Standing
from network.views.decorators import AsPerson, SeeOther, person_required, place
from network.views.posts import attempt


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """One's own groups, and others that can be joined."""
    person = request.person  # type: ignore[attr-defined]
    before = place(request, Ranked.parse)
    context = {
        "mine": queries.mine(person) if person is not None and before is None else [],
        "others": finding.groups_to_find(person, place=before),
        "is_first": before is None,
    }
    return render(request, "groups/groups.html", context)


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """What a group discusses, for who may read it; its rules and the way in for everybody else."""
    person = request.person  # type: ignore[attr-defined]
    stands = members.standing(person, slug)
    if stands.group.slug != slug:
        return redirect(stands.group)
    before = place(request, Cut.parse)
    page = discussions.find_page(person, stands.group, stands.membership, before)
    context = {
        "page": page,
        "is_first": before is None,
        "composer": PostForm(person, of_group(stands.group)) if stands.may_write else None,
        "delivery": delivery(stands.membership, lists.of(person)),
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
def new(request: AsPerson) -> HttpResponse:
    if request.method != "POST":
        return render(request, "groups/new.html", {"form": GroupForm()})
    form = GroupForm(request.POST)
    group, status = attempt(form, lambda: groups.create(request.person, form.draft()))
    if group is None:
        return render(request, "groups/new.html", {"form": form}, status=status)
    return SeeOther(group.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
@limited("group")
def edit(request: AsPerson, slug: str) -> HttpResponse:
    stands = _owned(request.person, slug)
    if request.method != "POST":
        return render(request, "groups/edit.html", {"form": GroupForm(group=stands.group)} | about(stands))
    form = GroupForm(request.POST)
    group, status = attempt(form, lambda: groups.edit(request.person, stands.group, form.draft()))
    if group is None:
        return render(request, "groups/edit.html", {"form": form} | about(stands), status=status)
    if group.slug == slug:
        messages.success(request, _("Your changes are saved."))
    else:
        said = _(
            "Your changes are saved. The group has a new address, and the old one leads its members here."
        )
        messages.success(request, said)
    return SeeOther(group.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
@limited("group")
def close(request: AsPerson, slug: str) -> HttpResponse:
    """End a group, after a page that says what that means."""
    stands = _owned(request.person, slug)
    if request.method != "POST":
        return render(request, "groups/close.html", about(stands))
    groups.close(request.person, stands.group)
    return SeeOther(stands.group.get_absolute_url())


def about(stands: Standing) -> dict[str, object]:
    """What every page of a group knows. One query at most."""
    return {
        "group": stands.group,
        "stands": stands,
        "membership": stands.membership,
        "asking": members.number_of_requests(stands),
    }


def _owned(person: Person, slug: str) -> Standing:
    """A group that `person` owns. Raises NotVisible, Refused."""
    stands = members.standing(person, slug)
    queries.ensure_role(person, stands.group, Follow.Role.OWNER)
    return stands
