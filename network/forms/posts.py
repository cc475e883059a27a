"""What a person fills in to say something, and how it becomes a draft."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django import forms
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from network.actions.drafts import LANGUAGE, OPTIONS, Draft, PollDraft, people_named
from network.errors import Invalid
from network.forms.fields import CleanField, KeyField, RowsField, TopicsField
from network.models import Group, Person, Post
from network.queries.groups import joined_by
from network.text import POST, SUMMARY, TITLE, parse

PLACES = (
    (Post.Audience.PUBLIC, lazy("Anyone on the internet")),
    (Post.Audience.UNLISTED, lazy("Unlisted: whoever has the link")),
    (Post.Audience.FOLLOWERS, lazy("My followers")),
)
NAMED = (Post.Audience.DIRECT, lazy("People I name"))
COMMENTING = (
    (Post.Commenting.EVERYONE, lazy("Everyone who can see it")),
    (Post.Commenting.FOLLOWED, lazy("People I follow")),
    (Post.Commenting.NAMED, lazy("People I name in it")),
    (Post.Commenting.NOBODY, lazy("Nobody but me")),
)
A_DAY = 24 * 60  # minutes
OPEN_FOR = (
    (60, lazy("1 hour")),
    (6 * 60, lazy("6 hours")),
    (A_DAY, lazy("1 day")),
    (3 * A_DAY, lazy("3 days")),
    (7 * A_DAY, lazy("1 week")),
    (30 * A_DAY, lazy("30 days")),
)
LANGUAGES = sorted(
    (
        (code, info["name_local"][:1].upper() + info["name_local"][1:])
        for code, info in LANG_INFO.items()
        if "name_local" in info and LANGUAGE.fullmatch(code)
    ),
    key=lambda language: language[1].casefold(),
)
GROUP = "group:"


def new_key() -> str:
    return secrets.token_urlsafe(16)


def key_of(said: dict[str, Any]) -> str | None:
    """What makes five presses one post: the form's key with the words.

    Who goes back to a form that was sent, and writes other words into it, has said something else.
    """
    key = said.get("key")
    words = "\0".join((key or "", said.get("title", ""), said["text"]))
    return sha256(words.encode()).hexdigest() if key else None


class PlaceField(forms.ChoiceField):
    """Who can see a post: an audience, or one of the groups that may be chosen."""

    groups: dict[str, Group]
    default_error_messages = {"invalid_choice": lazy("Choose who can see it.")}

    def offer(self, places: Iterable[tuple[Any, Any]], groups: Iterable[Group] = ()) -> None:
        self.groups = {f"{GROUP}{group.pk}": group for group in groups}
        self.choices = [*places, *((place, group.name) for place, group in self.groups.items())]


class CommentForm(forms.Form):
    """A comment. Where it stands, and so who reads it, its parent says."""

    text = CleanField(POST, label=lazy("Your comment"))
    key = KeyField()

    def __init__(self, person: Person, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, initial={"key": new_key()}, **kwargs)
        self.person = person

    def draft(self, parent: Post) -> Draft:
        said = self.cleaned_data
        return Draft(said["text"], parent=parent, language=self.person.language, key=key_of(said))


class PostForm(forms.Form):
    """A post, with all that may go with it; the short form on a feed sends only some of it."""

    title = CleanField(TITLE, label=lazy("Title"), required=False)
    text = CleanField(
        POST,
        label=lazy("Text"),
        help_text=lazy(
            "Markdown works: **bold**, *italic*, > quote, - list, `code`. Name @people and #topics."
        ),
    )
    topics = TopicsField(
        label=lazy("Topics"),
        help_text=lazy("Beside the #hashtags in the text, with commas between: tidal ecology, statistics."),
        required=False,
    )
    summary = CleanField(
        SUMMARY,
        label=lazy("Summary that folds the text"),
        help_text=lazy("For endings, answers to riddles, and what not everyone wants to meet unprepared."),
        required=False,
    )
    place = PlaceField(
        label=lazy("Who can see it"), error_messages={"required": lazy("Choose who can see it.")}
    )
    to = forms.CharField(
        label=lazy("Who it is for"),
        help_text=lazy("Their handles, such as @ada @ben. Only they will see it."),
        required=False,
        max_length=1000,
    )
    commenting = forms.ChoiceField(label=lazy("Who can comment"), choices=COMMENTING, required=False)
    language = forms.ChoiceField(label=lazy("Language"), required=False)
    options = RowsField(label=lazy("Options of the poll"), required=False)
    multiple = forms.BooleanField(label=lazy("People may choose several"), required=False)
    open_for = forms.TypedChoiceField(
        label=lazy("Open for"),
        choices=OPEN_FOR,
        coerce=int,
        required=False,
    )
    key = KeyField()

    def __init__(self, person: Person, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        start = {
            "place": Post.Audience.PUBLIC,
            "language": person.language,
            "open_for": 24 * 60,
            "key": new_key(),
        }
        super().__init__(data, initial=start | (initial or {}))
        self.person = person
        self.place_field.offer([*PLACES, NAMED], joined_by(person))
        self._choices("language", _languages(person.language))

    @property
    def place_field(self) -> PlaceField:
        place = self.fields["place"]
        assert isinstance(place, PlaceField)  # noqa: S101 - tells mypy which field it is
        return place

    def _choices(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = choices

    @property
    def option_rows(self) -> list[str]:
        """All options as they were filled in, and empty rows up to the most there may be."""
        filled = list(self["options"].value() or ())
        return filled + [""] * (OPTIONS - len(filled))

    def clean_to(self) -> tuple[Person, ...]:
        handles = [
            handle.strip("@,;.").lower() for handle in self.cleaned_data["to"].replace(",", " ").split()
        ]
        found = people_named(self.person, handles)
        missing = next((handle for handle in handles if handle not in found), None)
        if missing is not None:
            raise ValidationError(_("There is nobody called @%(handle)s here.") % {"handle": missing})
        return tuple(found[handle] for handle in handles)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("options"):
            try:
                self._poll()
            except Invalid as error:
                self.add_error("options", str(error))
        is_direct = said.get("place") == Post.Audience.DIRECT and "to" in said and "text" in said
        if is_direct and not (said["to"] or people_named(self.person, parse(said["text"]).mentions)):
            self.add_error("to", _("Say whom it is for."))
        return said

    def _poll(self) -> PollDraft | None:
        said = self.cleaned_data
        if not said.get("options"):
            return None
        open_for = timedelta(minutes=said.get("open_for") or A_DAY)
        return PollDraft(said["options"], open_for, said.get("multiple", False)).checked()

    def draft(self, quotes: Post | None = None) -> Draft:
        """The draft of a valid form. Raises Invalid."""
        said = self.cleaned_data
        group = self.place_field.groups.get(said["place"])
        return Draft(
            said["text"],
            title=said.get("title", ""),
            summary=said.get("summary", ""),
            language=said.get("language") or self.person.language,
            audience=Post.Audience.GROUP if group is not None else Post.Audience(said["place"]),
            commenting=Post.Commenting(said.get("commenting") or Post.Commenting.EVERYONE),
            group=group,
            quotes=quotes,
            to=said.get("to") or (),
            topics=said.get("topics", ()),
            poll=self._poll(),
            key=key_of(said),
        )


def _languages(own: str) -> list[tuple[str, str]]:
    known = dict(LANGUAGES)
    return LANGUAGES if not own or own in known else [(own, own), *LANGUAGES]
