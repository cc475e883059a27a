"""allauth's forms for passwords and codes, with Kith's limits on guessing."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.base import forms as mfa

from network.accounts import guess_or_refuse
from network.guess_limits import device_of
from network.models import User


class NewPassword:
    """Normalize both passwords before they are compared."""

    cleaned_data: dict[str, Any]

    def clean_password1(self) -> str:
        return User.normalize_password(self.cleaned_data["password1"])

    def clean_password2(self) -> str:
        return User.normalize_password(self.cleaned_data["password2"])


class ChangePasswordForm(NewPassword, account.ChangePasswordForm):
    def clean_oldpassword(self) -> str:
        old: str = self.cleaned_data["oldpassword"]
        if not get_adapter().reauthenticate(self.user, old):
            raise get_adapter().validation_error("enter_current_password")
        return old


class SetPasswordForm(NewPassword, account.SetPasswordForm):
    pass


class ResetPasswordKeyForm(NewPassword, account.ResetPasswordKeyForm):
    pass


class CountedCode:
    """Count wrong codes as wrong passwords are counted."""

    user: User

    def clean_code(self) -> str:
        device = device_of(context.request)
        is_own = device is not None and device.user.pk == self.user.pk
        guess = guess_or_refuse(context.request, f"code of {self.user.pk}", device if is_own else None)
        code: str = super().clean_code()  # type: ignore[misc]
        guess.take_back()
        return code


class CodeForm(CountedCode, mfa.AuthenticateForm):
    pass


class CodeAgainForm(CountedCode, mfa.ReauthenticateForm):
    pass
