"""The forms to sign in and to sign up."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm, SignupForm
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from network import preserved_forms
from network.actions import people
from network.actions.locking import claim
from network.errors import Invalid
from network.forms.fields import CleanField
from network.models import Person, User
from network.queries.people import username_of
from network.text import NAME

EMAIL_HINT = _("For signing in, and for a new password should you forget yours.")


class SignInForm(LoginForm):
    """The form to sign in. `kept` has a form that was sent without a session; see `preserved_forms`."""

    kept = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["kept", "login", "password"])
        self.fields["login"].label = _("Username or email")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

    def clean_login(self) -> str:
        return username_of(super().clean_login())

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        person = Person.objects.filter(user=self.user).first()
        preserved_forms.store(request.session, person, self.cleaned_data["kept"])
        return super().login(request, redirect_url=redirect_url)


class SignUpForm(SignupForm):
    """The form to sign up: makes a user and their person in one transaction."""

    name = CleanField(
        NAME, label=_("Your name"), help_text=_("As people know you. It need not be your legal name.")
    )
    field_order = ["name", "username", "email", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        texts = {
            "username": (_("Username"), _("Others name you with it: @username. You can change it later.")),
            "email": (_("Email"), EMAIL_HINT if settings.EMAIL_URL else _("You can sign in with it, too.")),
            "password1": (_("Password"), _("At least 10 characters. Three plain words work well.")),
        }
        for name, (label, hint) in texts.items():
            field: forms.Field = self.fields[name]
            field.label, field.help_text = label, hint
            field.widget.attrs.pop("placeholder", None)

    def clean_name(self) -> str:
        try:
            return people.check_name(self.cleaned_data["name"], Person())
        except Invalid as error:
            raise ValidationError(str(error)) from error

    def clean_username(self) -> str:
        try:
            handle = people.check_handle(self.cleaned_data["username"])
        except Invalid as error:
            raise ValidationError(str(error)) from error
        self.cleaned_data["username"] = handle
        try:
            return str(super().clean_username())
        except (
            ValidationError
        ) as error:  # a user without a person has it, or another request took it just now
            raise ValidationError(people.taken(handle)) from error

    @transaction.atomic
    def save(self, request: HttpRequest) -> User:
        """Save. Raises IntegrityError where a name was taken since the check: `ErrorsMiddleware` retries."""
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
