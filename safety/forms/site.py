"""Forms of the administrators' pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from network.forms.fields import CleanField
from network.text import NAME
from safety.actions.invitations import DAYS, MOST_DAYS, InvitationDraft
from safety.models import MOST_USES

OPEN, CLOSED = "open", "closed"
WHO = (
    (OPEN, _("Anyone: people on the internet read what is public, and make an account themselves")),
    (CLOSED, _("Only people you invite: others see nothing but how to sign in, and the house rules")),
)


class Number(forms.IntegerField):
    """A whole number from 1 to `most`."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        sentence = _("Enter a number from 1 to %(most)d.") % {"most": most}
        names = ("required", "invalid", "min_value", "max_value")
        super().__init__(min_value=1, max_value=most, error_messages=dict.fromkeys(names, sentence), **kwargs)


class SiteForm(forms.Form):
    """Choose who may come in."""

    who = forms.ChoiceField(label=_("Who may come in"), choices=WHO, widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, is_open: bool) -> None:
        super().__init__(data, initial={"who": OPEN if is_open else CLOSED})

    def is_open(self) -> bool:
        return bool(self.cleaned_data["who"] == OPEN)


class InvitationForm(forms.Form):
    """Make a link with which people can make an account."""

    label = CleanField(NAME, label=_("For whom"), help_text=_("Only administrators see it."))
    uses = Number(label=_("For how many people"), most=MOST_USES, initial=1)
    days = Number(label=_("For how many days"), most=MOST_DAYS, initial=DAYS)

    def draft(self) -> InvitationDraft:
        return InvitationDraft(**self.cleaned_data)
