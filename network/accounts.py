"""allauth's account adapter: limits on guessing passwords, known devices, links in mail."""

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

from network import guess_limits, limits
from network.errors import TooMany
from network.guess_limits import Device, Guess
from network.models import User
from network.views.decorators import is_local_url


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | dict.fromkeys(
        ("username_password_mismatch", "email_password_mismatch"),
        _("That name and that password do not go together. Check both, and try again."),
    )

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Return the user with these credentials, or None. Wrong ones are counted.

        Raises ValidationError past a limit.
        """
        name = credentials.get("email") or credentials.get("username") or ""
        users = users_named(name)
        device = guess_limits.device_of(request)
        account = " ".join(map(str, users)) or name
        guess = guess_or_refuse(request, account, device if device and users == [device.user.pk] else None)
        user: User | None = super().authenticate(request, **credentials)
        if user is not None:
            guess.take_back()
            # A login may hash the password again. The session holds the old hash and would end.
            if request.user.pk == user.pk and request.user.password != user.password:
                update_session_auth_hash(request, user)
        return user

    def post_login(self, request: HttpRequest, user: User, **signed_in: Any) -> HttpResponse:
        response = super().post_login(request, user, **signed_in)
        guess_limits.remember(response, user)
        return response

    def clean_password(self, password: str, user: Any = None) -> str:
        return super().clean_password(User.normalize_password(password), user)

    def is_safe_url(self, url: str) -> bool:
        """Accept paths only, because ALLOWED_HOSTS contains names of the reader's own machine."""
        return is_local_url(url)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail about an account, with links to SITE_URL.

        The number of mails of each kind to one address is limited, so that nobody can flood the mailbox of
        another person. A mail past the limit is dropped. The page that is shown is the same, because the
        earlier mails still work.
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
    """`guess_limits.count_guess` for forms. Raises ValidationError past a limit."""
    try:
        return guess_limits.count_guess(request, account.lower(), device)
    except TooMany as error:
        raise ValidationError(str(error), code="too_many_login_attempts") from error


def users_named(name: str) -> list[int]:
    """Return the ids of the users that a username or mail address signs in, as allauth finds them.

    Anybody can add the address of another person to their account. So where one user has confirmed the
    address, the others are left out.
    """
    if "@" not in name:
        return list(User.objects.filter(username=name.lower()).values_list("pk", flat=True))
    addresses = EmailAddress.objects.filter(email__iexact=name)
    found = dict(addresses.order_by("user").values_list("user", "verified"))
    confirmed = [user for user, verified in found.items() if verified]
    own = User.objects.filter(email__iexact=name).values_list("pk", flat=True)
    return confirmed or sorted({*found, *own})


def _public(value: str, here: str) -> str:
    """Rewrite a link to the requested host `here` into one to SITE_URL."""
    link = urlsplit(value)
    if link.netloc != here:
        return value
    return settings.SITE_URL + link._replace(scheme="", netloc="").geturl()
