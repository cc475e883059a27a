"""The page of the digest, for the last day or the last week."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from feeds.mail import digests
from feeds.models import Mailing
from network import ids
from network.views.decorators import PersonRequest, person_required

DAY, WEEK = 1, 7


@require_safe
@person_required
def digest(request: PersonRequest) -> HttpResponse:
    days = DAY if request.GET.get("days") == str(DAY) else WEEK
    whole = request.GET.get("whole") == "1"
    since = ids.first_at(timezone.now() - timedelta(days=days))
    context = {
        "digest": digests.read(request.person, since, whole=whole),
        "days": days,
        "whole": whole,
        "mailing": Mailing.objects.filter(person=request.person).first(),
    }
    return render(request, "digest/digest.html", context)
