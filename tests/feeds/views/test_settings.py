"""The page of settings for notices and letters."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from feeds.models import Choice, Mailing
from feeds.notifications import registry
from network.actions import blocks, watches
from network.models import Group, Person
from tests.network.views.conftest import words
from tests.support import factories

Every = Mailing.Every
pytestmark = pytest.mark.django_db
PAGE = "/settings/notices"


def test_kinds_are_chosen_and_shown(client: Client, noor: Person, settings: Any) -> None:
    settings.EMAIL_URL = "smtp://localhost"
    assert 'name="thanks-kith" id="id_thanks-kith" checked' in words(client.get(PAGE))
    sent = {f"{kind}-kith": "on" for kind in registry.values(lambda kind: kind.value != "thanks")}
    assert client.post(PAGE, {"kinds": "", "mention-mail": "on", **sent}).status_code == 303
    assert 'name="thanks-kith" id="id_thanks-kith">' in words(client.get(PAGE))
    chosen = {row.kind: (row.in_kith, row.by_mail) for row in Choice.objects.filter(person=noor)}
    assert chosen["thanks"] == (False, False)
    assert chosen["reply"] == (True, False)
    assert "mention" not in chosen
    assert "follow" not in chosen


def test_letters_are_chosen(client: Client, noor: Person, settings: Any) -> None:
    settings.EMAIL_URL = "smtp://localhost"
    assert "an address that you have confirmed, and you have none yet" in words(client.get(PAGE))
    EmailAddress.objects.create(user=noor.user, email="noor@mail.example", verified=True, primary=True)
    assert "They go to noor@mail.example." in words(client.get(PAGE))
    sent = {"letters": "", "notices": "day", "digest": "week", "whole": "on"}
    assert client.post(PAGE, sent).status_code == 303
    mailing = Mailing.objects.get(person=noor)
    assert (mailing.notices, mailing.digest, mailing.whole) == (Every.DAY, Every.WEEK, True)
    answer = client.post(PAGE, {**sent, "notices": "hourly"})
    assert answer.status_code == 400
    assert Mailing.objects.get(person=noor).notices == Every.DAY


def test_people_and_groups_with_a_level_are_listed_if_they_are_visible(
    client: Client, noor: Person, ada: Person, ben: Person
) -> None:
    group = factories.group(ada, Group.Kind.HIDDEN, noor, name="Shore walkers")
    watches.watch_stream(noor, group.stream, watches.Level.ALL)
    watches.watch_stream(noor, ben.stream, watches.Level.NOTHING)
    page = words(client.get(PAGE))
    assert ">Ben</a>" in page
    assert ">Shore walkers</a>" in page
    blocks.block(ben, noor)
    factories.Follow.objects.filter(follower=noor, stream=group.pk).delete()
    page = words(client.get(PAGE))
    assert ">Ben</a>" not in page
    assert "Shore walkers" not in page
