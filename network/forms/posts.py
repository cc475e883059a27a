"""The forms of posts and comments, and the drafts that they become."""

from __future__ import annotations

import secrets
from datetime import timedelta
from functools import cached_property, partial
from typing import Any

from django import forms
from django.conf import global_settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from network.actions.drafts import LANGUAGE, OPTIONS, Draft, PollDraft
from network.errors import Invalid
from network.forms import destinations
from network.forms.destinations import HOME, Destination, Kind
from network.forms.fields import CleanField, KeyField, RowsField, SignedField, TopicsField
from network.forms.places import GROUP, NAMED, PLACES, PlaceField
from network.models import Group, Person, Post
from network.queries import groups
from network.queries import messages as message_queries
from network.queries.people import by_handles
from network.text import POST, SUMMARY, TITLE, parse

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


def _own_name(code: str) -> str:
    """How a language calls itself."""
    name: str = get_language_info(code)["name_local"]
    return name[:1].upper() + name[1:]


_CODES = {*dict(global_settings.LANGUAGES), "no"}  # all that Django knows, and Norwegian of either form
LANGUAGES = sorted(
    ((code, _own_name(code)) for code in _CODES if LANGUAGE.fullmatch(code)),
    key=lambda language: language[1].casefold(),
)


def new_key() -> str:
    return secrets.token_urlsafe(16)


class CommentForm(forms.Form):
    """A comment. Its parent decides its thread, and so its audience."""

    text = CleanField(POST, label=lazy("Your comment"))
    key = KeyField()
    destination = SignedField()

    def __init__(self, person: Person, parent: Post, data: Any = None) -> None:
        signed = destinations.of_thread(parent).signed(person)
        super().__init__(data, initial={"key": new_key(), "destination": signed})
        self.person = person
        self.parent = parent
        self.draft_name = f"comment-{parent.pk}"

    @cached_property
    def others(self) -> tuple[Person, ...]:
        """The other people in a message; empty where the thread is not a message. One query for a message."""
        thread = self.parent.thread
        is_message = thread.audience == Post.Audience.DIRECT
        return message_queries.others(self.person, thread) if is_message else ()

    def draft(self) -> Draft:
        data = self.cleaned_data
        return Draft(data["text"], parent=self.parent, language=self.person.language, key=data["key"])


class PostForm(forms.Form):
    """A post with all its fields; the short form on a feed sends only some of them."""

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
    place = PlaceField(label=lazy("Who can see it"), initial=Post.Audience.PUBLIC)
    to = forms.CharField(
        label=lazy("Who it is for"),
        help_text=lazy(
            "Their usernames, such as @ada @ben. Only they will see it, whomever else you name in the text."
        ),
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
    destination = SignedField()

    def __init__(
        self,
        person: Person,
        destination: Destination = HOME,
        data: Any = None,
        *,
        initial: dict[str, Any] | None = None,
    ) -> None:
        """Raises NotVisible or Refused where the destination is a group that `person` may not post to."""
        start = {
            "language": person.language,
            "open_for": 24 * 60,
            "key": new_key(),
            "destination": destination.signed(person),
        }
        super().__init__(data, initial=start | (initial or {}))
        self.person = person
        self.draft_name = self._extra("draft") or destination.name
        self._offer_places(destination)
        self._choices("language", partial(_languages, person.language))

    def _extra(self, name: str) -> Any:
        """Return the sent or initial value of a name that is no field of the form."""
        return (self.data if self.is_bound else self.initial).get(name)

    def _offer_places(self, destination: Destination) -> None:
        if destination.kind in (Kind.PERSON, Kind.PEOPLE):
            self.place_field.offer([NAMED])
            return
        if destination.kind == Kind.GROUP:
            group = groups.find_to_post(self.person, destination.id)
            self.fields["place"].initial = f"{GROUP}{group.pk}"
            if group.kind != Group.Kind.OPEN:
                self.place_field.offer([], [group])
                return
        self.place_field.offer([*PLACES, NAMED], groups.to_post_in(self.person))

    @property
    def place_field(self) -> PlaceField:
        place = self.fields["place"]
        assert isinstance(place, PlaceField)  # noqa: S101 - tells mypy which field it is
        return place

    @property
    def only_button(self) -> str:
        """The label of the button where only one place is offered; empty where there are several."""
        only = self.place_field.only
        return self.place_field.button(only) if only else ""

    def _choices(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = choices

    @property
    def option_rows(self) -> list[str]:
        """The options, and empty rows up to the maximum."""
        filled = list(self["options"].value() or ())
        return filled + [""] * (OPTIONS - len(filled))

    def clean_to(self) -> tuple[Person, ...]:
        handles = [
            handle.strip("@,;.").lower() for handle in self.cleaned_data["to"].replace(",", " ").split()
        ]
        found = by_handles(self.person, handles)
        missing = next((handle for handle in handles if handle not in found), None)
        if missing is not None:
            raise ValidationError(_("There is nobody called @%(handle)s here.") % {"handle": missing})
        return tuple(found[handle] for handle in handles)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("options"):
            try:
                self._poll()
            except Invalid as error:
                self.add_error("options", str(error))
        is_direct = data.get("place") == Post.Audience.DIRECT and "text" in data and "to" not in self.errors
        if is_direct and not (data.get("to") or by_handles(self.person, parse(data["text"]).mentions)):
            self.add_error("to" if "to" in self.fields else "text", _("Say whom it is for."))
        return data

    def _poll(self) -> PollDraft | None:
        data = self.cleaned_data
        if not data.get("options"):
            return None
        open_for = timedelta(minutes=data.get("open_for") or A_DAY)
        return PollDraft(data["options"], open_for, data.get("multiple", False)).checked()

    def draft(self, quotes: Post | None = None) -> Draft:
        """Return the draft of a valid form. Raises Invalid."""
        data = self.cleaned_data
        group = self.place_field.groups.get(data["place"])
        return Draft(
            data["text"],
            title=data.get("title", ""),
            summary=data.get("summary", ""),
            language=data.get("language") or self.person.language,
            audience=Post.Audience.GROUP if group is not None else Post.Audience(data["place"]),
            commenting=Post.Commenting(data.get("commenting") or Post.Commenting.EVERYONE),
            group=group,
            quotes=quotes,
            to=data.get("to") or (),
            topics=data.get("topics", ()),
            poll=self._poll(),
            key=data.get("key"),
        )


def _languages(own: str) -> list[tuple[str, str]]:
    known = dict(LANGUAGES)
    return LANGUAGES if not own or own in known else [(own, own), *LANGUAGES]
