"""Forms of groups."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from network.actions.groups import GroupDraft
from network.forms.fields import CleanField
from network.models import Group
from network.text import BIO, NAME, POST

KINDS = (
    (Group.Kind.OPEN, _("Open: anyone can read it and join")),
    (Group.Kind.REQUEST, _("By request: anyone sees this page and the rules; members read and write")),
    (Group.Kind.HIDDEN, _("Hidden: only members know of it; joining is by invitation")),
)


class GroupForm(forms.Form):
    """Create or edit a group."""

    name = CleanField(NAME, label=_("Name"))
    kind = forms.ChoiceField(
        label=_("Who can read and join"),
        choices=KINDS,
        initial=Group.Kind.OPEN,
        widget=forms.RadioSelect,
    )
    description = CleanField(
        BIO, label=_("What it is about"), help_text=_("One or two sentences."), required=False
    )
    rules = CleanField(
        POST,
        label=_("Rules"),
        help_text=_("People read these before they join. Markdown works."),
        required=False,
    )
    shows_presence = forms.BooleanField(
        label=_("Show who is here"),
        help_text=_(
            "Members see who is reading and writing here. Anyone can switch that off for themselves."
        ),
        required=False,
    )

    def __init__(self, data: Any = None, *, group: Group | None = None) -> None:
        fields = ("name", "kind", "description", "rules", "shows_presence")
        super().__init__(data, initial={name: getattr(group, name) for name in fields} if group else None)

    def draft(self) -> GroupDraft:
        data = self.cleaned_data
        return GroupDraft(**data | {"kind": Group.Kind(data["kind"])})


class InviteForm(forms.Form):
    """Invite a person by handle; without a handle, make a link for everyone who has it."""

    handle = forms.CharField(
        label=_("Their username"),
        help_text=_("They are told. Leave it empty to make a link that anyone can use."),
        max_length=31,
        required=False,
    )

    def clean_handle(self) -> str:
        handle: str = self.cleaned_data["handle"]
        return handle.strip().removeprefix("@").lower()
