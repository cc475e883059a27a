"""Composing a letter: its address, its headers, its text in two formats, and the link that stops it."""

from __future__ import annotations

from email.headerregistry import Address
from typing import Any
from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.signing import BadSignature, Signer
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from feeds.models import Letter
from network import zones
from network.errors import NotVisible
from network.models import Person


def address_of(person: Person) -> str | None:
    """The address for letters: one that the person confirmed, the primary one first. One query."""
    if person.user is None or not person.user.is_active:
        return None
    confirmed = EmailAddress.objects.filter(user=person.user, verified=True).order_by("-primary", "pk")
    email: str | None = confirmed.values_list("email", flat=True).first()
    return email


def absolute(path: str) -> str:
    """The absolute URL of a path of this site."""
    return f"{settings.SITE_URL}{path}"


def letter(
    person: Person, email: str, kind: str, subject: str, context: dict[str, Any]
) -> EmailMultiAlternatives:
    """A letter from the templates `mail/<kind>.txt` and `.html` with `context`.

    Its headers let a mail program unsubscribe with one click (RFC 2369, RFC 8058).
    """
    stop = absolute(reverse("mail_stop", args=[stop_token(person, kind)]))
    context = {**context, "person": person, "stop": stop, "site_name": "Kith", "site": settings.SITE_URL}
    context["subject"] = subject = " ".join(subject.split())
    with translation.override(settings.LANGUAGE_CODE), timezone.override(zones.of(person)):
        text = render_to_string(f"mail/{kind}.txt", context)
        html = render_to_string(f"mail/{kind}.html", context)
    message = EmailMultiAlternatives(
        subject,
        text,
        settings.DEFAULT_FROM_EMAIL,
        [str(Address(person.name, addr_spec=email))],
        headers={
            "List-Id": f"{kind} <{kind}.{urlsplit(settings.SITE_URL).hostname}>",
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(html, "text/html")
    return message


def stop_token(person: Person, kind: str) -> str:
    """A token that stops letters of a kind to a person. It works without signing in, and for nothing else."""
    return _signer().sign(f"{kind}.{person.pk}")


def read_stop_token(token: str) -> tuple[Person, str]:
    """The person and the kind of letter of a token. Raises NotVisible for a forged one."""
    try:
        kind, _dot, id = _signer().unsign(token).partition(".")
    except BadSignature:
        raise NotVisible from None
    person = Person.objects.filter(pk=int(id)).select_related("stream").first()
    if person is None or kind not in Letter.Kind.values:
        raise NotVisible
    return person, kind


def _signer() -> Signer:
    return Signer(sep=".", salt="letters")
