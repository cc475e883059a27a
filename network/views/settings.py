"""Settings: profile, privacy, appearance, home, mutes and blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network.actions import blocks, mutes, people
from network.errors import KithError
from network.forms.lists import delivery
from network.forms.settings import LooksForm, PrivacyForm, ProfileForm, WordForm
from network.limits import limited
from network.models import Mute, Person
from network.queries import filters, following, lists
from network.views.decorators import PersonRequest, SeeOther, cursor, person_required

Save = Callable[[Person, Any], object]


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
@limited("profile")
def profile(request: PersonRequest) -> HttpResponse:
    return _form(request, ProfileForm, _save_profile, _("You"), "settings")


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
@limited("profile")
def privacy(request: PersonRequest) -> HttpResponse:
    def save(person: Person, form: PrivacyForm) -> None:
        people.set_privacy(person, form.privacy())

    return _form(request, PrivacyForm, save, _("Privacy"), "settings_privacy")


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
@limited("profile")
def looks(request: PersonRequest) -> HttpResponse:
    def save(person: Person, form: LooksForm) -> None:
        data = form.cleaned_data
        people.set_reading(
            person,
            scheme=Person.Scheme(data["scheme"]),
            letter_keys=data["letter_keys"],
            zone=data["zone"],
        )

    return _form(request, LooksForm, save, _("Looks and keys"), "settings_looks")


@require_POST
@person_required
@limited("profile")
def zone(request: PersonRequest) -> HttpResponse:
    """Store the time zone of the device, which pages send where none was chosen."""
    people.follow_device(request.person, request.POST.get("zone", ""))
    return HttpResponse(status=204)


@require_safe
@person_required
def home(request: PersonRequest) -> HttpResponse:
    """Show each followed stream with a form for where it goes."""
    follows, own = (
        following.deliveries(request.person, cursor(request, "before")),
        lists.of(request.person.pk),
    )
    page = follows.map(
        lambda rows: [(following.followed(follow.stream), delivery(follow, own)) for follow in rows]
    )
    return render(request, "settings/home.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
@limited("profile")
def filters_page(request: PersonRequest) -> HttpResponse:
    """Show mutes and blocks; a POST mutes a word."""
    form = WordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            mutes.mute_word(request.person, form.cleaned_data["word"], until=form.until())
        except KithError as error:
            form.add_error("word", str(error))
        else:
            return SeeOther(reverse("settings_filters"))
    context = {"form": form, "mutes": filters.mutes(request.person), "blocks": filters.blocks(request.person)}
    return render(request, "settings/filters.html", context, status=400 if form.errors else 200)


@require_POST
@person_required
@limited("profile")
def unmute(request: PersonRequest, mute_id: int) -> HttpResponse:
    mutes.unmute(request.person, get_object_or_404(Mute, person=request.person, pk=mute_id))
    return SeeOther(reverse("settings_filters"))


@require_POST
@person_required
@limited("profile")
def unblock(request: PersonRequest, person_id: int) -> HttpResponse:
    blocks.unblock(
        request.person, get_object_or_404(Person, blocked_by__blocker=request.person, pk=person_id)
    )
    return SeeOther(reverse("settings_filters"))


def _form(request: PersonRequest, make: Any, save: Save, title: str, name: str) -> HttpResponse:
    """Show a page of settings; a valid POST saves it."""
    form: Form = make(request.person, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            save(request.person, form)
        except KithError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Your changes are saved."))
            return SeeOther(reverse(name))
    context = {"form": form, "heading": title}
    return render(request, "settings/form.html", context, status=400 if form.errors else 200)


@transaction.atomic
def _save_profile(person: Person, form: ProfileForm) -> None:
    people.rename(person, form.cleaned_data["handle"])
    people.describe(person, form.profile())
