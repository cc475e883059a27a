"""Blocking somebody, from their page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from network.actions import blocks
from network.limits import limited
from network.queries import people
from network.views.decorators import AsPerson, SeeOther, person_required


@require_POST
@person_required
@limited("follow")
def person(request: AsPerson, handle: str) -> HttpResponse:
    """Block somebody. Their page is gone at once, so the way leads home; settings can take it back."""
    other = people.find_by_handle(request.person, handle)
    blocks.block(request.person, other)
    said = _("You and %(name)s no longer see each other. You can undo this in Settings.")
    messages.success(request, said % {"name": other.name})
    return SeeOther(reverse("home"))
