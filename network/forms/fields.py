"""Form fields that clean text as the domain stores it, with the domain's error messages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from network import text
from network.actions.drafts import KEY
from network.errors import Invalid


class CleanField(forms.CharField):
    """A text with a `text.Limit`. Raises ValidationError with the limit's sentence."""

    def __init__(self, limit: text.Limit, **kwargs: Any) -> None:
        self.limit = limit
        kwargs.setdefault("widget", forms.Textarea if limit.lines else forms.TextInput)
        super().__init__(strip=False, **kwargs)

    def clean(self, value: Any) -> str:
        try:
            return text.clean(value or "", limit=self.limit, required=self.required)
        except Invalid as error:
            raise ValidationError(str(error)) from error


class KeyField(forms.CharField):
    """A key made with the form. A second submission with the same key gives the same post."""

    widget = forms.HiddenInput(attrs={"autocomplete": "off"})
    default_error_messages = {
        "invalid": _("The form was changed on its way. Load the page again and send it once more.")
    }

    def __init__(self) -> None:
        super().__init__(required=False)

    def clean(self, value: Any) -> str | None:
        if not value:
            return None
        if not KEY.fullmatch(value):
            raise ValidationError(self.error_messages["invalid"])
        return str(value)


class SignedField(forms.CharField):
    """The signed destination of a form: see `forms.destinations`. No browser restores it after a reload."""

    widget = forms.HiddenInput(attrs={"autocomplete": "off"})

    def __init__(self) -> None:
        super().__init__(required=False)


class TopicsField(forms.CharField):
    """Names of topics, separated by commas; cleaned to their normal form."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=1000, **kwargs)

    def clean(self, value: Any) -> tuple[str, ...]:
        names = [name.strip() for name in super().clean(value).split(",") if name.strip()]
        found = {name: text.topic_name(name.replace(" ", "_")) for name in names}
        odd = next((name for name, normal in found.items() if normal is None), None)
        if odd is not None:
            raise ValidationError(
                _("“%(name)s” cannot be a topic. Use letters and digits, and spaces between words.")
                % {"name": odd}
            )
        return tuple(dict.fromkeys(normal for normal in found.values() if normal is not None))


class Rows(forms.Widget):
    """Several inputs with one name; a template renders them."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        getlist = getattr(data, "getlist", None)
        return list(getlist(name) if getlist is not None else data.get(name, ()))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False


class RowsField(forms.Field):
    """The rows that are not empty, in order."""

    widget = Rows

    def clean(self, value: Any) -> tuple[str, ...]:
        return tuple(row for row in value if row.strip())
