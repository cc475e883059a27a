"""When several people send the same name at the same moment, one gets it, and the others see that it is taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from network.actions import people
from network.actions.people import MOST_FORMER
from network.models import FormerHandle, Group, List, Person, Topic, User
from tests.support import factories

PRESSES = 5
GIVEN = {"name": "Dora", "username": "dora", "email": "", "password1": "three plain words"}

pytestmark = pytest.mark.django_db(transaction=True)


def sent_at_once(
    name: str, *forms: dict[str, str], by: Iterable[User] = (), proved: bool = False
) -> list[HttpResponse]:
    """Send forms to one URL at once, each from its own client. Clients of `by` are signed in.

    `proved`: these people have just given their password again.
    """
    clients = [Client(raise_request_exception=False) for _form in forms]
    for client, user in zip(clients, by, strict=False):
        client.force_login(user)
        if proved:
            secret = {"password": "correct horse battery"}
            assert client.post(reverse("account_reauthenticate"), secret).status_code == 302
    start = Barrier(len(forms))

    def send(client: Client, form: dict[str, str]) -> HttpResponse:
        try:
            start.wait()
            return client.post(reverse(name), form)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(forms)) as threads:
        return list(threads.map(send, clients, forms))


def codes(answers: list[HttpResponse]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


def test_one_sign_up_gets_a_handle() -> None:
    answers = sent_at_once("account_signup", *[GIVEN] * PRESSES)
    assert codes(answers) == {302: 1, 200: PRESSES - 1}
    refused = [answer.content.decode() for answer in answers if answer.status_code == 200]
    assert all("“dora” is taken. Choose another." in page for page in refused)
    assert User.objects.get().person == Person.objects.get()


def test_one_sign_up_gets_a_mail_address() -> None:
    forms = [GIVEN | {"username": f"dora{i}", "email": "dora@example.org"} for i in range(PRESSES)]
    assert set(codes(sent_at_once("account_signup", *forms))) <= {200, 302}
    assert EmailAddress.objects.count() == 1
    assert User.objects.get().person == Person.objects.get()


def test_a_mail_address_is_added_once() -> None:
    user = factories.user("ada")
    forms = [{"email": "ada@example.org", "action_add": ""}] * PRESSES
    answers = sent_at_once("account_email", *forms, by=[user] * PRESSES, proved=True)
    assert set(codes(answers)) <= {200, 302}
    assert EmailAddress.objects.count() == 1


def test_one_rename_gets_a_handle() -> None:
    users = [factories.user(f"person{i}") for i in range(PRESSES)]
    answers = sent_at_once(
        "settings", *[{"name": "P", "handle": "ada", "language": "en"}] * PRESSES, by=users
    )
    assert codes(answers) == {303: 1, 400: PRESSES - 1}
    refused = [answer.content.decode() for answer in answers if answer.status_code == 400]
    assert all("“ada” is taken. Choose another." in page for page in refused)


def test_either_a_sign_up_or_a_rename_gets_a_handle() -> None:
    person = factories.user("ben")

    def change(_unused: object = None) -> HttpResponse:
        return sent_at_once("settings", {"name": "Ben", "handle": "dora", "language": "en"}, by=[person])[0]

    with ThreadPoolExecutor(2) as threads:
        answers = [
            threads.submit(change).result,
            threads.submit(lambda: sent_at_once("account_signup", GIVEN)[0]).result,
        ]
        assert {answer().status_code for answer in answers} <= {200, 302, 303, 400}
    assert Person.objects.filter(handle="dora").count() == 1


def test_fast_renames_keep_no_more_than_the_greatest_number_of_former_handles() -> None:
    user = factories.user("ada")
    for number in range(MOST_FORMER - 1):
        people.rename(user.person, f"ada{number}")
    forms = [{"name": "Ada", "handle": f"lovelace{n}", "language": "en"} for n in range(PRESSES)]
    answers = sent_at_once("settings", *forms, by=[user] * PRESSES)
    assert codes(answers) == {303: 1, 400: PRESSES - 1}
    assert FormerHandle.objects.count() == MOST_FORMER


def test_groups_lists_and_topics_are_created_once() -> None:
    user = factories.user("ada")
    groups = sent_at_once("group_new", *[{"name": "Reef", "kind": "open"}] * PRESSES, by=[user] * PRESSES)
    lists = sent_at_once("lists", *[{"name": "Friends"}] * PRESSES, by=[user] * PRESSES)
    posts = sent_at_once(
        "posts",
        *[factories.form(user.person, text="#reef #sand", place="public")] * PRESSES,
        by=[user] * PRESSES,
    )
    assert not {500} & set(codes([*groups, *lists, *posts]))
    assert Group.objects.values("slug").distinct().count() == Group.objects.count()
    assert List.objects.get().name == "Friends"
    assert Topic.objects.count() == 2
