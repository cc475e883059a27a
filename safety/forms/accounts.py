"""The form to sign up, which uses an invitation where one is needed."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest

from network.errors import NotVisible
from network.forms import accounts
from network.models import User
from network.queries import site
from safety import joining
from safety.actions import invitations


class SignUpForm(accounts.SignUpForm):
    @transaction.atomic
    def save(self, request: HttpRequest) -> User:
        """Make the account. On a closed site an invitation is used in the same transaction.

        Raises NotVisible where somebody took the last use since the page was opened.
        """
        user = super().save(request)
        if not site.is_open():
            invitations.use(joining.kept(request) or "")
        return user

    def try_save(self, request: HttpRequest) -> Any:
        """allauth's: return the user, or None and the response to show instead."""
        try:
            return super().try_save(request)
        except NotVisible:
            return None, joining.gone(request)
