"""A site without mail offers none: pages promise no mail and have no settings for mail."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from feeds.forms.settings import KindsForm
from feeds.models import Choice
from feeds.notifications import registry
from feeds.notifications.registry import Ways
from network.models import Person
from tests.network.views.conftest import words

pytestmark = pytest.mark.django_db

OFFERS = re.compile(
    r"(?<!single )letters|by mail|mailed|a letter|send (?:a|the) link|on its way|confirm|we write to|look in your mail|for a new password",
    re.I,
)
OUT = (
    "account_signup",
    "account_login",
    "account_reset_password",
    "account_reset_password_done",
    "account_email_verification_sent",
    "about",
    "rules",
    "privacy",
)
IN = (
    "home",
    "digest",
    "notices",
    "lists",
    "settings",
    "settings_home",
    "settings_privacy",
    "settings_notices",
    "settings_filters",
    "settings_looks",
    "account_email",
    "account_change_password",
    "mfa_index",
    "usersessions_list",
)


def offers(client: Client, name: str) -> list[str]:
    """The text of a page about mail, without URLs and names of fields."""
    said = re.sub(r"<[^>]*>", " ", client.get(reverse(name)).content.decode())
    return OFFERS.findall(said)


@pytest.mark.parametrize("name", OUT)
def test_pages_for_anonymous_visitors_promise_no_mail(client: Client, name: str, settings: Any) -> None:
    settings.EMAIL_URL = ""
    client.logout()
    assert not offers(client, name)


@pytest.mark.parametrize("name", IN)
def test_pages_for_signed_in_people_offer_no_mail(client: Client, noor: Person, name: str) -> None:
    EmailAddress.objects.create(user=noor.user, email="noor@mail.example", primary=True)
    assert not offers(client, name)


def test_with_a_mail_server_mail_is_offered(client: Client, noor: Person, settings: Any) -> None:
    settings.EMAIL_URL = "smtp://localhost"
    for name in ("digest", "settings_notices", "account_email", "account_reset_password"):
        assert offers(client, name), name


def test_the_page_for_a_forgotten_password_names_a_contact(client: Client) -> None:
    client.logout()
    page = client.get(reverse("account_reset_password")).content.decode()
    assert "The people who look after this site can give you a new one" in page
    assert 'name="email"' not in page
    answer = client.post(reverse("account_reset_password"), {"email": "ada@mail.example"}, follow=True)
    assert "can give you a new one" in answer.content.decode()


def test_adding_an_address_promises_no_mail(client: Client, noor: Person) -> None:
    client.post(reverse("account_reauthenticate"), {"password": "correct horse battery"})
    sent = {"action_add": "", "email": "noor@mail.example"}
    said = client.post(reverse("account_email"), sent, follow=True).content.decode()
    assert "noor@mail.example is added." in said
    assert not OFFERS.search(re.sub(r"<[^>]*>", " ", said))


def test_settings_of_mail_are_kept_while_there_is_no_mail(client: Client, noor: Person) -> None:
    Choice.objects.create(person=noor, kind="thanks", in_kith=True, by_mail=True)
    assert "-mail" not in words(client.get(reverse("settings_notices")))
    sent = {f"{kind}-kith": "on" for kind in registry.values(lambda kind: kind.value != "thanks")}
    client.post(reverse("settings_notices"), {"kinds": "", **sent})
    chosen = Choice.objects.get(person=noor, kind="thanks")
    assert (chosen.in_kith, chosen.by_mail) == (False, True)


def test_the_form_keeps_hidden_settings() -> None:
    form = KindsForm({"thanks": Ways(True, True)}, {}, mails=False)
    assert form.is_valid()
    assert form.ways()["thanks"] == (False, True)
