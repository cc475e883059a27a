"""The forms of the settings of notifications: the ways for each kind, and letters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from feeds.models import Mailing
from feeds.notifications import registry
from feeds.notifications.registry import Ways

Every = Mailing.Every


class KindsForm(forms.Form):
    """The ways for each kind of notification. If the site sends no mail, choices of mail stay as they are."""

    def __init__(self, chosen: Mapping[str, Ways], data: Any = None, *, mails: bool) -> None:
        super().__init__(data)
        self.kinds = registry.all_kinds()
        self.chosen = {kind.value: chosen.get(kind.value, kind.default_ways) for kind in self.kinds}
        for kind in self.kinds:
            ways = self.chosen[kind.value]
            self._add(f"{kind.value}-kith", _("In Kith") if mails else kind.label, ways.in_kith)
            if mails:
                self._add(f"{kind.value}-mail", _("By mail"), ways.by_mail)

    def _add(self, name: str, label: str | Promise, initial: bool) -> None:
        self.fields[name] = forms.BooleanField(label=cast("str", label), required=False, initial=initial)

    def rows(self) -> Iterator[tuple[str, list[BoundField]]]:
        """The label of each kind, and its fields."""
        for kind in self.kinds:
            yield str(kind.label), [self[name] for name in self.fields if name.startswith(f"{kind.value}-")]

    def ways(self) -> dict[str, Ways]:
        """The valid choices, by kind."""
        data = self.cleaned_data
        return {
            kind: Ways(data[f"{kind}-kith"], data.get(f"{kind}-mail", ways.by_mail))
            for kind, ways in self.chosen.items()
        }


class MailingForm(forms.Form):
    """Which letters a person wants, and how often."""

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
        """The valid choices, as keyword arguments of `choices.ask_for`."""
        data = self.cleaned_data
        return {"notices": Every(data["notices"]), "digest": Every(data["digest"]), "whole": data["whole"]}
