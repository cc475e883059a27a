"""What somebody fills in to come in: how they are called, how they sign in."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm, SignupForm
from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from network.actions import people
from network.actions.locking import claim
from network.errors import Invalid
from network.forms.fields import CleanField
from network.models import User
from network.text import NAME


class SignInForm(LoginForm):
    """Signing in, in the words that signing up used."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Handle or email")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class SignUpForm(SignupForm):
    """A new user with their person, both or neither."""

    name = CleanField(
        NAME, label=_("Your name"), help_text=_("As people know you. It need not be your legal name.")
    )
    field_order = ["name", "username", "email", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        said = {
            "username": (_("Handle"), _("Your address here, and how others name you: @handle.")),
            "email": (_("Email"), _("For signing in, and for a new password should you forget yours.")),
            "password1": (_("Password"), _("At least 10 characters. Three plain words work well.")),
        }
        for name, (label, hint) in said.items():
            field: forms.Field = self.fields[name]
            field.label, field.help_text = label, hint
            field.widget.attrs.pop("placeholder", None)

    def clean_username(self) -> str:
        try:
            handle = people.check_handle(self.cleaned_data["username"])
        except Invalid as error:
            raise ValidationError(str(error)) from error
        self.cleaned_data["username"] = handle
        try:
            return str(super().clean_username())
        except ValidationError as error:  # a user without a person has it, or came in just now
            raise ValidationError(people.taken(handle)) from error

    @transaction.atomic
    def save(self, request: HttpRequest) -> User:
        """Raises IntegrityError for what was taken since it was checked: `ErrorsMiddleware` asks again."""
        try:
            if email := self.cleaned_data.get("email"):
                claim(email)
                self.validate_unique_email(email)
            if self.account_already_exists:
                raise IntegrityError("The address was signed up with since it was checked.")
            user: User = super().save(request)
            people.register(self.cleaned_data["username"], self.cleaned_data["name"], user=user)
        except (Invalid, ValidationError) as error:
            raise IntegrityError(str(error)) from error
        return user
