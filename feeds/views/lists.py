"""The pages of lists: reading one, and creating, editing and deleting them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feeds.feed import Feed
from feeds.views.feed_pages import feed_page
from feeds.views.parameters import older
from network.actions import lists
from network.forms.lists import ListForm, delivery
from network.limits import limited
from network.queries import following
from network.queries import lists as queries
from network.views.decorators import PersonRequest, SeeOther, cursor, person_required
from network.views.submit import submit


@require_safe
@person_required
def show(request: PersonRequest, list_id: int) -> HttpResponse:
    """The posts of a list."""
    found = queries.find(request.person, list_id)
    context = {
        "list": found,
        "feed_name": str(found.pk),
        "lists": queries.of(request.person.pk),
        "page": feed_page(request, Feed(request.person, list=found.pk)),
        "is_first": older(request) is None,
    }
    return render(request, "lists/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
@limited("profile")
def index(request: PersonRequest) -> HttpResponse:
    """The lists of a person, and a form that creates one."""
    form, status = ListForm(request.POST or None), 200
    if request.method == "POST":
        made, status = submit(form, lambda: lists.create(request.person, form.cleaned_data["name"]))
        if made is not None:
            return SeeOther(reverse("list_edit", args=[made.pk]))
    context = {"form": form, "lists": queries.counted(request.person)}
    return render(request, "lists/lists.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
@limited("profile")
def edit(request: PersonRequest, list_id: int) -> HttpResponse:
    """The name of a list, and the follows in it, each with a form that moves it elsewhere."""
    found, status = queries.find(request.person, list_id), 200
    form = ListForm(request.POST or None, initial={"name": found.name})
    if request.method == "POST":
        renamed, status = submit(
            form, lambda: lists.rename(request.person, list_id, form.cleaned_data["name"])
        )
        if renamed is not None:
            messages.success(request, _("Your changes are saved."))
            return SeeOther(reverse("list_edit", args=[list_id]))
    follows = following.deliveries(request.person, cursor(request, "before"), into=found)
    own = queries.of(request.person.pk)
    page = follows.map(lambda rows: [(following.followed(one.stream), delivery(one, own)) for one in rows])
    return render(request, "lists/edit.html", {"list": found, "form": form, "page": page}, status=status)


@require_POST
@person_required
@limited("profile")
def delete(request: PersonRequest, list_id: int) -> HttpResponse:
    """Delete a list. The follows in it deliver to home again."""
    lists.delete(request.person, list_id)
    messages.success(request, _("The list is deleted. What was in it comes to your home again."))
    return SeeOther(reverse("lists"))
