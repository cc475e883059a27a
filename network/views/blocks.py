"""Block a person."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from network.actions import blocks
from network.limits import limited
from network.queries import people
from network.views.decorators import PersonRequest, SeeOther, person_required


@require_POST
@person_required
@limited("follow")
def person(request: PersonRequest, handle: str) -> HttpResponse:
    """Block a person. Their page no longer exists for the blocker, so this redirects to home."""
    other = people.find_by_handle(request.person, handle)
    blocks.block(request.person, other)
    sentence = _("You and %(name)s no longer see each other. You can undo this in Settings.")
    messages.success(request, sentence % {"name": other.name})
    return SeeOther(reverse("home"))
