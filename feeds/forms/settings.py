"""What a person fills in about how they want to be told: by kinds of notices, and by letters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from feeds.models import Mailing, Notification
from feeds.notifications.filters import usual

Kind = Notification.Kind
Every = Mailing.Every

KINDS = {
    Kind.MENTION: _("Somebody names me"),
    Kind.MESSAGE: _("Somebody writes to me"),
    Kind.REPLY: _("Somebody replies to a comment of mine"),
    Kind.COMMENT: _("There are new comments in a thread that I watch"),
    Kind.POST: _("There is a new post by somebody I want to hear everything from"),
    Kind.THREAD: _("There is a new thread in a group I want to hear everything from"),
    Kind.RESHARE: _("Somebody reshares a post of mine"),
    Kind.THANKS: _("Somebody thanks me"),
    Kind.FOLLOW: _("Somebody follows me"),
    Kind.REQUEST: _("Somebody asks to follow me, or to join a group that I look after"),
    Kind.INVITED: _("Somebody invites me to a group"),
    Kind.ACCEPTED: _("Somebody accepts my request"),
    Kind.ROLE: _("My role in a group changes"),
    Kind.GROUP: _("A group of mine is closed or gets a new owner, or I am removed from one"),
}


class KindsForm(forms.Form):
    """By which ways each kind of notice comes. Where the site sends no mail, that choice stays as it was."""

    def __init__(self, ways: Mapping[str, tuple[bool, bool]], data: Any = None, *, mails: bool) -> None:
        super().__init__(data)
        self.chosen = {kind: ways.get(kind, usual(kind)) for kind in KINDS}
        for kind, (kith, mail) in self.chosen.items():
            label = _("In Kith") if mails else KINDS[kind]
            self.fields[f"{kind}-kith"] = forms.BooleanField(label=label, required=False, initial=kith)
            if mails:
                label = _("By mail")
                self.fields[f"{kind}-mail"] = forms.BooleanField(label=label, required=False, initial=mail)

    def rows(self) -> Iterator[tuple[str, list[BoundField]]]:
        """What happens, and the boxes for it."""
        for kind, label in KINDS.items():
            yield str(label), [self[name] for name in self.fields if name.startswith(f"{kind}-")]

    def ways(self) -> dict[Kind, tuple[bool, bool]]:
        said = self.cleaned_data
        return {
            kind: (said[f"{kind}-kith"], said.get(f"{kind}-mail", by_mail))
            for kind, (_in_kith, by_mail) in self.chosen.items()
        }


class MailingForm(forms.Form):
    """Which letters somebody wants, and how often."""

    notices = forms.ChoiceField(
        label=_("Notices"),
        choices=[
            (Every.NEVER, _("Never")),
            (Every.SOON, _("Soon, with those of the next few minutes")),
            (Every.DAY, _("Once a day")),
        ],
        widget=forms.RadioSelect,
    )
    digest = forms.ChoiceField(
        label=_("The digest"),
        choices=[(Every.NEVER, _("Never")), (Every.DAY, _("Every day")), (Every.WEEK, _("Every Monday"))],
        widget=forms.RadioSelect,
    )
    whole = forms.BooleanField(
        label=_("Also include what goes to my home"),
        help_text=_("Otherwise the digest has only what you follow for the digest."),
        required=False,
    )

    def __init__(self, mailing: Mailing | None, data: Any = None) -> None:
        mailing = mailing or Mailing()
        super().__init__(
            data, initial={name: getattr(mailing, name) for name in ("notices", "digest", "whole")}
        )

    def asked(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {"notices": Every(said["notices"]), "digest": Every(said["digest"]), "whole": said["whole"]}
