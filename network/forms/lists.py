"""Forms of lists, and of where a followed stream goes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from network.forms.fields import CleanField
from network.models import Follow, List
from network.queries import lists
from network.text import NAME

Place = Follow.Place
FLAGS = ("comments", "reshares", "folds")


class ListForm(forms.Form):
    """The name of a list."""

    name = CleanField(NAME, label=_("Name"))


class DeliveryForm(forms.Form):
    """Where the publications of a followed stream go: home, one of `lists` or the digest."""

    place = forms.ChoiceField(label=_("Show it in"))
    comments = forms.ChoiceField(
        label=_("Comments"),
        choices=[
            (Follow.Comments.ALL, _("All")),
            (Follow.Comments.SOME, _("Between people I follow, and in threads I write in")),
            (Follow.Comments.NONE, _("None")),
        ],
    )
    reshares = forms.BooleanField(label=_("Reshares too"), required=False)
    folds = forms.BooleanField(label=_("Show less when there is a lot of it"), required=False)

    def __init__(self, data: Any = None, *, lists: Iterable[List], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.lists = {str(list.pk): list for list in lists}
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells mypy which field it is
        field.choices = [
            (Place.HOME, _("My home")),
            *((key, list.name) for key, list in self.lists.items()),
            (Place.DIGEST, _("The digest only")),
        ]

    def delivery(self) -> dict[str, Any]:
        """Return the keyword arguments of `follows.deliver`."""
        data = self.cleaned_data
        place = self.lists.get(data["place"]) or Place(data["place"])
        return {"place": place, **{name: data[name] for name in FLAGS}}


def delivery(follow: Follow | None, own: Iterable[List] | None = None) -> DeliveryForm | None:
    """Return the form of an accepted follow, filled in; None for others.

    `own` are the lists of the follower. Without them they are read: one query.
    """
    if follow is None or follow.state != Follow.State.ACCEPTED:
        return None
    initial = {name: getattr(follow, name) for name in FLAGS}
    initial["place"] = follow.place if follow.list_id is None else str(follow.list_id)
    own = lists.of(follow.follower_id) if own is None else own
    return DeliveryForm(lists=own, initial=initial, auto_id=f"{follow.stream_id}-%s")
