"""Accounts, as allauth asks for them: who may guess, which devices are known, where links lead."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context as allauth
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from network import guessing, limits
from network.errors import TooMany
from network.guessing import Device, Guess
from network.models import User
from network.views.decorators import is_local


class Accounts(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | dict.fromkeys(
        ("username_password_mismatch", "email_password_mismatch"),
        _("That name and that password do not go together. Check both, and try again."),
    )

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The user with these credentials; wrong ones count. Raises ValidationError past a limit."""
        name = credentials.get("email") or credentials.get("username") or ""
        users = led_to(name)
        device = guessing.device_of(request)
        account = " ".join(map(str, users)) or name
        guess = guess_or_refuse(request, account, device if device and users == [device.user.pk] else None)
        user: User | None = super().authenticate(request, **credentials)
        if user is not None:
            guess.was_right()
            # Where the password was hashed anew, the session would end: it knows the former hash.
            if request.user.pk == user.pk and request.user.password != user.password:
                update_session_auth_hash(request, user)
        return user

    def post_login(self, request: HttpRequest, user: User, **signed_in: Any) -> HttpResponse:
        response = super().post_login(request, user, **signed_in)
        guessing.remember(response, user)
        return response

    def clean_password(self, password: str, user: Any = None) -> str:
        return super().clean_password(User.normalize_password(password), user)

    def is_safe_url(self, url: str) -> bool:
        """Only paths: ALLOWED_HOSTS has names of the reader's own machine."""
        return is_local(url)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a letter of an account, of each kind few to one address; links lead to SITE_URL.

        One too many is not sent, and who asked is told the same: the earlier ones are good, and nobody can
        fill another's mailbox or use up their letters.
        """
        try:
            limits.count("letter", f"{template_prefix} {email.lower()}")
        except TooMany:
            return
        here = allauth.request.get_host()
        site = SimpleNamespace(name="Kith", domain=urlsplit(settings.SITE_URL).netloc)
        links = {name: _public(value, here) for name, value in context.items() if isinstance(value, str)}
        super().send_mail(template_prefix, email, {"current_site": site} | context | links)


def guess_or_refuse(request: HttpRequest, account: str, device: Device | None) -> Guess:
    """As `guessing.guess`, for forms: what is too much is their error."""
    try:
        return guessing.guess(request, account.lower(), device)
    except TooMany as error:
        raise ValidationError(str(error), code="too_many_login_attempts") from error


def led_to(name: str) -> list[int]:
    """The users whom a name may sign in, as allauth finds them. Guesses are counted by these.

    Anybody can add somebody else's address to their account, so one that is confirmed counts alone.
    """
    if "@" not in name:
        return list(User.objects.filter(username=name.lower()).values_list("pk", flat=True))
    addresses = EmailAddress.objects.filter(email__iexact=name)
    found = dict(addresses.order_by("user").values_list("user", "verified"))
    confirmed = [user for user, verified in found.items() if verified]
    own = User.objects.filter(email__iexact=name).values_list("pk", flat=True)
    return confirmed or sorted({*found, *own})


def _public(value: str, here: str) -> str:
    """A link to this site as others reach it, by whatever name it was asked."""
    link = urlsplit(value)
    if link.netloc != here:
        return value
    return settings.SITE_URL + link._replace(scheme="", netloc="").geturl()
