"""The choice of an audience or a group for a post, and the label of the button for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from network.models import Group, Post

PLACES = (
    (Post.Audience.PUBLIC, lazy("Anyone on the internet")),
    (Post.Audience.UNLISTED, lazy("Unlisted: anyone who has the link")),
    (Post.Audience.FOLLOWERS, lazy("My followers")),
)
NAMED = (Post.Audience.DIRECT, lazy("People I name"))
BUTTONS = {
    Post.Audience.PUBLIC: lazy("Post to everyone"),
    Post.Audience.UNLISTED: lazy("Post for those with the link"),
    Post.Audience.FOLLOWERS: lazy("Post to my followers"),
    Post.Audience.DIRECT: lazy("Send to the people I name"),
}
NOT_CHOSEN = ("", lazy("Choose who can see it"))
GROUP = "group:"


class PlaceSelect(forms.Select):
    """A select whose options have the label of the button in `data-button`."""

    buttons: dict[str, str]

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        value = str(option["value"])
        option["attrs"] |= (
            {"data-button": self.buttons[value]} if value else {"hidden": True, "disabled": True}
        )
        return option


class PlaceField(forms.ChoiceField):
    """Who can see a post: an audience or one of the offered groups.

    Where only one place is offered, the form may omit it. Any other value is refused.
    """

    widget = PlaceSelect
    groups: dict[str, Group]
    names: dict[str, str]  # of the groups, with the slug where two have the same name
    only: str | None
    only_label: str
    default_error_messages = {
        "required": lazy("Choose who can see it."),
        "invalid_choice": lazy("Choose who can see it."),
        "fixed": lazy(
            "This form goes to one place only, and another one was chosen. See what the button says."
        ),
    }

    def offer(self, places: Iterable[tuple[Any, Any]], groups: Iterable[Group] = ()) -> None:
        """Set the choices: audiences with their labels, then groups."""
        self.groups = {f"{GROUP}{group.pk}": group for group in groups}
        names = Counter(group.name for group in self.groups.values())
        self.names = {
            place: group.name if names[group.name] == 1 else f"{group.name} ({group.slug})"
            for place, group in self.groups.items()
        }
        offered = [*places, *self.names.items()]
        self.only, self.only_label = map(str, offered[0]) if len(offered) == 1 else (None, "")
        self.choices = offered if self.only else [NOT_CHOSEN, *offered]
        self.widget.buttons = {str(place): self.button(str(place)) for place, _label in offered}

    @property
    def offered(self) -> list[tuple[str, str, str]]:
        """Value, label and button of each choice. Django's widget would render a template for each."""
        buttons, choices = self.widget.buttons, cast("list[tuple[str, str]]", self.choices)
        return [(str(value), str(label), buttons.get(str(value), "")) for value, label in choices]

    def button(self, place: str) -> str:
        """Return the label of the button for a place."""
        if place in self.names:
            return _("Post to %(group)s") % {"group": self.names[place]}
        return str(BUTTONS[Post.Audience(place)])

    def clean(self, value: Any) -> Any:
        if self.only is None:
            return super().clean(value)
        if value not in (None, "", self.only):
            raise forms.ValidationError(self.error_messages["fixed"], code="fixed")
        return self.only
