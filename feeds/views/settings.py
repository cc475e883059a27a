"""The settings of notifications: the ways for each kind, letters, and the levels for people and groups."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from feeds.actions import choices
from feeds.forms.settings import KindsForm, MailingForm
from feeds.mail import composition
from feeds.models import Choice, Mailing
from feeds.notifications.registry import Ways
from network.forms.watches import of_stream
from network.limits import limited
from network.queries import following, watches
from network.views.decorators import PersonRequest, SeeOther, person_required


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
@limited("profile")
def notifications(request: PersonRequest) -> HttpResponse:
    """Two forms, each with its own button, and the people and groups for which the person chose a level."""
    person = request.person
    ways = {row.kind: Ways(row.in_kith, row.by_mail) for row in Choice.objects.filter(person=person)}
    mailing = Mailing.objects.filter(person=person).first()
    data = request.POST if request.method == "POST" else None
    mails = bool(settings.EMAIL_URL)
    kinds = KindsForm(ways, data if data is not None and "kinds" in data else None, mails=mails)
    letters = MailingForm(mailing, data if data is not None and "letters" in data else None)
    if kinds.is_bound and kinds.is_valid():
        choices.choose(person, kinds.ways())
    elif letters.is_bound and letters.is_valid():
        choices.ask_for(person, **letters.asked())
    if kinds.is_bound or (letters.is_bound and letters.is_valid()):
        messages.success(request, _("Your changes are saved."))
        return SeeOther(reverse("settings_notices"))
    context = {
        "kinds": kinds,
        "form": letters,
        "address": composition.address_of(person),
        "watched": [
            (following.followed(one.stream), of_stream(one.stream.kind, one.stream.pk, one.level))
            for one in watches.streams(person)
            if one.stream is not None
        ],
    }
    return render(request, "settings/notices.html", context, status=400 if letters.errors else 200)
