"""When more people use an invitation at the same moment than it has uses, the others make no account."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from network.errors import NotVisible, Refused
from network.models import Person, User
from safety.actions import administrators, invitations
from safety.models import SiteInvitation
from tests.support import factories, site

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 60  # seconds for all threads to reach the start
PRESSES = 6


def at_once(*calls: Any) -> list[Any]:
    """Run each call in a thread of its own, all from the same moment. Returns what each returned."""
    start = Barrier(len(calls))

    def run(call: Any) -> Any:
        try:
            connection.ensure_connection()
            start.wait(PATIENCE)
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def use(token: str) -> bool:
    try:
        invitations.use(token)
    except NotVisible:
        return False
    return True


@pytest.mark.parametrize("uses", [1, 2])
def test_the_last_use_is_won_by_one(uses: int) -> None:
    link = site.invitation(site.administrator(), uses=uses)
    won = at_once(*[lambda: use(link.token)] * PRESSES)
    assert sum(won) == uses
    assert factories.fresh(link).used == uses


def test_those_who_lose_get_a_sentence_and_make_no_account() -> None:
    hana = site.administrator()
    site.closed_by(hana)
    link = site.invitation(hana)
    clients = [Client(raise_request_exception=False) for _ in range(PRESSES)]
    for client in clients:
        client.post(link.get_absolute_url())

    def sent(number: int) -> Any:
        given = {"name": "Nia", "username": f"nia{number}", "password1": "three plain words"}
        return clients[number].post(reverse("account_signup"), given)

    answers = at_once(*[lambda number=number: sent(number) for number in range(PRESSES)])
    assert Counter(answer.status_code for answer in answers) == {302: 1, 404: PRESSES - 1}
    refused = [answer.content.decode() for answer in answers if answer.status_code == 404]
    assert all("This link does not work any more" in page for page in refused)
    assert User.objects.count() == Person.objects.count() == 2
    assert factories.fresh(link).used == 1


def test_a_link_is_withdrawn_or_used_but_not_both() -> None:
    hana = site.administrator()
    link = site.invitation(hana)

    def join() -> bool:
        try:
            with transaction.atomic():
                factories.user("nia")
                invitations.use(link.token)
        except NotVisible:
            return False
        return True

    joined, _withdrawn = at_once(join, lambda: invitations.withdraw(hana, link))
    assert joined == User.objects.filter(username="nia").exists()
    assert not SiteInvitation.objects.exists()


def test_two_administrators_who_dismiss_each_other_leave_one() -> None:
    hana, ines = site.administrator(), site.administrator("ines")

    def dismiss(person: Person) -> bool:
        try:
            administrators.dismiss(person)
        except Refused:
            return False
        return True

    assert sorted(at_once(lambda: dismiss(hana), lambda: dismiss(ines))) == [False, True]
    assert User.objects.filter(is_superuser=True).count() == 1
