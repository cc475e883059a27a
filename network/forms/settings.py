"""Forms of settings: profile, privacy, appearance, muted words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from network import zones
from network.actions import people
from network.actions.links import Link, check_links
from network.actions.people import Privacy, Profile
from network.errors import Invalid
from network.forms.fields import CleanField
from network.forms.posts import LANGUAGES
from network.models import Person
from network.text import BIO, NAME, OPTION

FOR_GOOD = 0
DURATIONS = (
    (FOR_GOOD, _("For good")),
    (1, _("For a day")),
    (7, _("For a week")),
    (30, _("For 30 days")),
)
SCHEMES = (
    (Person.Scheme.DEVICE, _("Like my device")),
    (Person.Scheme.PAPER, _("Paper (light)")),
    (Person.Scheme.SLATE, _("Slate (dark)")),
)
ZONE_HINT = _("Pages tell the time by it.")
ZONE_HINT_WITH_MAIL = _("Pages tell the time by it, and daily letters come in its morning.")


class LinesField(forms.CharField):
    """Several items, one a line."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=4 * BIO.most, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else "\n".join(value)

    def to_python(self, value: Any) -> tuple[str, ...]:  # type: ignore[override]
        return tuple(line.strip() for line in (value or "").splitlines() if line.strip())

    def validate(self, value: Any) -> None:
        pass

    def run_validators(self, value: Any) -> None:
        super().run_validators("\n".join(value))


class ProfileForm(forms.Form):
    """Who somebody is, as others see it."""

    name = CleanField(NAME, label=_("Name"))
    handle = forms.CharField(
        label=_("Username"),
        max_length=30,
        help_text=_("Others name you with it: @username. Your old one still leads to you."),
    )
    bio = CleanField(BIO, label=_("About you"), help_text=_("Markdown works."), required=False)
    knows = LinesField(
        label=_("What I know"), help_text=_("What people may ask you about: one thing a line.")
    )
    wants = LinesField(label=_("What I want to learn"), help_text=_("One thing a line."))
    links = LinesField(
        label=_("Links"),
        help_text=_("One a line: https://example.org My garden"),
    )
    language = forms.ChoiceField(label=_("I mostly write in"), choices=LANGUAGES)

    def __init__(self, person: Person, data: Any = None) -> None:
        fields = ("name", "handle", "bio", "knows", "wants", "language")
        initial = {name: getattr(person, name) for name in fields}
        initial["links"] = [f"{link['url']} {link['title']}" for link in person.links]
        super().__init__(data, initial=initial)
        self.person = person

    def clean_name(self) -> str:
        try:
            return people.check_name(self.cleaned_data["name"], self.person)
        except Invalid as error:
            raise ValidationError(str(error)) from error

    def clean_handle(self) -> str:
        try:
            return people.check_handle(self.cleaned_data["handle"], self.person)
        except Invalid as error:
            raise ValidationError(str(error)) from error

    def clean_knows(self) -> tuple[str, ...]:
        return _checked(self.cleaned_data["knows"])

    def clean_wants(self) -> tuple[str, ...]:
        return _checked(self.cleaned_data["wants"])

    def clean_links(self) -> tuple[Link, ...]:
        try:
            return tuple(check_links(_links(self.cleaned_data["links"])))
        except Invalid as error:
            raise ValidationError(str(error)) from error

    def profile(self) -> Profile:
        data = self.cleaned_data
        return Profile(
            data["name"], data["bio"], data["links"], data["knows"], data["wants"], data["language"]
        )


def _checked(items: Iterable[str]) -> tuple[str, ...]:
    try:
        return tuple(people.check_items(items))
    except Invalid as error:
        raise ValidationError(str(error)) from error


def _links(lines: Iterable[str]) -> Iterable[Link]:
    for line in lines:
        url, _space, title = line.partition(" ")
        yield Link(title.strip(), url)


class PrivacyForm(forms.Form):
    """Who may follow a person, who sees their follows, and who sees their presence."""

    approves_followers = forms.BooleanField(
        label=_("I approve who follows me"),
        help_text=_("People ask first. What you write for anyone can still be read by anyone."),
        required=False,
    )
    hides_follows = forms.BooleanField(label=_("Only I see whom I follow and who follows me"), required=False)
    shows_presence = forms.BooleanField(
        label=_("Show in groups that I am here"),
        help_text=_("In groups that show it. If you switch this off, you do not see who is here either."),
        required=False,
    )

    def __init__(self, person: Person, data: Any = None) -> None:
        fields = ("approves_followers", "hides_follows", "shows_presence")
        initial = {name: getattr(person, name) for name in fields}
        super().__init__(data, initial=initial)

    def privacy(self) -> Privacy:
        return Privacy(**self.cleaned_data)


class LooksForm(forms.Form):
    """The colours, the letter keys and the time zone of pages."""

    scheme = forms.ChoiceField(
        label=_("Colours"),
        choices=SCHEMES,
        widget=forms.RadioSelect,
        required=False,
    )
    letter_keys = forms.BooleanField(
        label=_("Use single letters as keys"),
        help_text=_("j and k go from post to post, n writes one, ? shows the rest. Off while you type."),
        required=False,
    )

    zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
    )

    def __init__(self, person: Person, data: Any = None) -> None:
        initial = {name: getattr(person, name) for name in ("scheme", "letter_keys")}
        initial["zone"] = person.zone if person.zone_chosen else ""
        super().__init__(data, initial=initial)
        field = self.fields["zone"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells mypy which field it is
        field.help_text = ZONE_HINT_WITH_MAIL if settings.EMAIL_URL else ZONE_HINT
        field.choices = [
            ("", _("Like my device")),
            *((name, name.replace("_", " ")) for name in zones.offered()),
        ]


class WordForm(forms.Form):
    """A word or phrase to mute."""

    word = CleanField(OPTION, label=_("Word or phrase"))
    days = forms.TypedChoiceField(label=_("For how long"), choices=DURATIONS, coerce=int, initial=FOR_GOOD)

    def until(self) -> timedelta | None:
        days: int = self.cleaned_data["days"]
        return None if days == FOR_GOOD else timedelta(days=days)
