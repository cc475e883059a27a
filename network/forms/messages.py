"""The form of a message: a text and, where the page does not fix them, its recipients."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from network.actions.drafts import Draft
from network.forms import destinations
from network.forms.posts import PostForm
from network.models import Person, Post

FIELDS = ("to", "text", "place", "key", "destination")


class MessageForm(PostForm):
    """A message to `recipient`, else to the people in `to`. Nobody else can read it."""

    def __init__(
        self,
        person: Person,
        recipient: Person | None = None,
        data: Any = None,
        *,
        initial: dict[str, Any] | None = None,
    ) -> None:
        destination = destinations.PEOPLE if recipient is None else destinations.of_person(recipient)
        super().__init__(person, destination, data, initial=initial)
        self.recipient = recipient
        self.fields = {name: self.fields[name] for name in FIELDS if recipient is None or name != "to"}
        if recipient is None:
            self.fields["to"].required = True
            self.fields["to"].error_messages["required"] = _("Say whom it is for.")

    @property
    def only_button(self) -> str:
        if self.recipient is None:
            return super().only_button
        return _("Send to %(name)s") % {"name": self.recipient.name}

    def clean(self) -> dict[str, Any]:
        return self.cleaned_data

    def draft(self, quotes: Post | None = None) -> Draft:
        draft = super().draft(quotes)
        return draft if self.recipient is None else replace(draft, to=(self.recipient,))
