"""Signing in: limits of guesses, which names are accepted, and the redirect."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import LazySettings
from django.core import mail
from django.test import Client
from django.urls import reverse

from network.actions import people
from network.models import Person, User
from tests.network.views.conftest import BACKEND, words
from tests.support import factories
from tests.support.signing_in import PASSWORD, is_in, sign_in


@pytest.fixture
def addresses() -> Iterator[str]:
    return (f"192.0.2.{last}" for last in count(1))


def fail(client: Client, times: int, address: str, login: str = "hana") -> None:
    for _time in range(times):
        sign_in(client, "wrong", login, address)


@pytest.fixture
def one_window() -> Iterator[None]:
    """Stop the clock just after a full hour, when all counters start again."""
    with time_machine.travel(datetime(2030, 1, 1, 12, 0, 1, tzinfo=UTC), tick=False):
        yield


@pytest.mark.usefixtures("one_window")
class TestGuessing:
    def test_guesses_are_limited_for_each_client(self, hana: User):
        stranger, right = Client(), Client()
        fail(stranger, 5, "192.0.2.1")
        sign_in(stranger, address="192.0.2.1")
        assert not is_in(stranger)
        sign_in(right, address="192.0.2.2")
        assert is_in(right)

    def test_the_response_says_when_to_try_again(self, hana: User, client: Client):
        fail(client, 5, "192.0.2.1")
        assert "Wait" in words(sign_in(client, address="192.0.2.1"))

    @pytest.mark.parametrize("login", ["hana", "hana@example.org", "@hana"])
    def test_guesses_of_others_do_not_lock_out_a_known_device(self, hana: User, login: str):
        device, stranger = Client(), Client()
        sign_in(device)
        device.post(reverse("account_logout"))
        for name in ("hana", "hana@example.org", "somebody"):
            fail(stranger, 20, "127.0.0.1", name)
        sign_in(device, login=login)
        assert is_in(device)

    def test_guesses_from_many_addresses_are_limited_for_each_account(
        self, hana: User, addresses: Iterator[str]
    ):
        device = Client()
        sign_in(device)
        device.post(reverse("account_logout"))
        for _address in range(20):
            fail(Client(), 5, next(addresses))
        late = Client()
        sign_in(late, address=next(addresses))
        assert not is_in(late)
        sign_in(device, address=next(addresses))
        assert is_in(device)

    def test_guesses_of_a_known_device_are_limited(self, hana: User):
        device = Client()
        sign_in(device)
        device.post(reverse("account_logout"))
        fail(device, 5, "192.0.2.1")
        sign_in(device, address="192.0.2.9")
        assert not is_in(device)

    def test_a_device_of_another_person_is_not_known(self, hana: User):
        factories.user("mallory", PASSWORD)
        other = Client()
        sign_in(other, login="mallory")
        other.post(reverse("account_logout"))
        fail(Client(), 5, "127.0.0.1")
        sign_in(other)
        assert not is_in(other)

    @pytest.mark.parametrize("cookie", ["", "x", "1:x", "1:abc:forged"])
    def test_a_forged_device_is_not_known(self, hana: User, cookie: str):
        client = Client()
        client.cookies["device"] = cookie
        fail(client, 5, "127.0.0.1")
        sign_in(client)
        assert not is_in(client)

    def test_guesses_of_one_network_are_counted_together(self, hana: User):
        client = Client()
        for last in range(5):
            fail(client, 1, f"2001:db8::{last}")
        sign_in(client, address="2001:db8::ffff")
        assert not is_in(client)

    def test_guesses_of_different_addresses_are_counted_separately(self, hana: User):
        """A server that listens on IPv6 receives IPv4 addresses inside IPv6 addresses."""
        fail(Client(), 5, "::ffff:192.0.2.1")
        client = Client()
        sign_in(client, address="::ffff:192.0.2.2")
        assert is_in(client)

    def test_guessing_is_possible_again_after_a_while(self, hana: User):
        client = Client()
        fail(client, 6, "192.0.2.1")
        with time_machine.travel(datetime(2030, 1, 1, 12, 5, 1, tzinfo=UTC), tick=False):
            sign_in(client, address="192.0.2.1")
        assert is_in(client)

    def test_correct_passwords_are_not_counted(self, hana: User):
        for _time in range(40):
            client = Client()
            sign_in(client)
            assert is_in(client)

    def test_guesses_of_others_do_not_lock_a_signed_in_person_out_of_giving_the_password_again(
        self, hana: User
    ):
        client = Client()
        client.force_login(hana, backend=BACKEND)
        fail(Client(), 20, "127.0.0.1")
        proof = {"password": PASSWORD, "next": "/about"}
        assert client.post(reverse("account_reauthenticate"), proof).headers["Location"] == "/about"

    def test_guesses_of_codes_are_limited_for_each_client(self, hana: User):
        TOTP.activate(hana, generate_totp_secret())
        code = RecoveryCodes.activate(hana).get_unused_codes()[0]
        thief, right = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="192.0.2.2")
        for client in (thief, right):
            sign_in(client, address=client.defaults["REMOTE_ADDR"])
        step = reverse("mfa_authenticate")
        for _time in range(5):
            thief.post(step, {"code": "123"})
        thief.post(step, {"code": code})
        assert not is_in(thief)
        right.post(step, {"code": code})
        assert is_in(right)


@pytest.mark.usefixtures("one_window")
class TestMails:
    def test_mails_to_one_address_are_limited_and_the_response_does_not_disclose_it(self, hana: User):
        asked = [
            Client(REMOTE_ADDR=f"192.0.2.{last}").post(
                reverse("account_reset_password"), {"email": "hana@example.org"}
            )
            for last in range(8)
        ]
        assert {answer.status_code for answer in asked} == {302}
        assert len(mail.outbox) == 5

    @pytest.mark.parametrize("asked_at", ["localhost", "127.0.0.1:8000", "[::1]"])
    def test_links_use_the_public_url(
        self, hana: User, client: Client, settings: LazySettings, asked_at: str
    ):
        settings.PUBLIC_URL = settings.SITE_URL = "https://kith.example"
        client.post(reverse("account_reset_password"), {"email": "hana@example.org"}, HTTP_HOST=asked_at)
        client.post(reverse("account_reset_password"), {"email": "no@example.org"}, HTTP_HOST=asked_at)
        for letter in mail.outbox:
            assert asked_at not in letter.body
            assert "https://kith.example/accounts/" in letter.body

    def test_links_that_confirm_an_address_use_the_public_url(
        self, hana: User, client: Client, settings: LazySettings
    ):
        settings.PUBLIC_URL = settings.SITE_URL = "https://kith.example"
        client.force_login(hana, backend=BACKEND)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": "/"})
        added = {"email": "two@example.org", "action_add": ""}
        client.post(reverse("account_email"), added, HTTP_HOST="localhost:8000")
        assert "https://kith.example/accounts/confirm-email/" in mail.outbox[0].body
        assert "localhost" not in mail.outbox[0].body


class TestRedirect:
    @pytest.mark.parametrize(
        "elsewhere",
        [
            "http://localhost/x",
            "http://127.0.0.1:9000/x",
            "http://[::1]/x",
            "//localhost/x",
            "https:evil.example",
        ],
    )
    def test_the_redirect_stays_on_the_site(self, hana: User, client: Client, elsewhere: str):
        sent = {"login": "hana", "password": PASSWORD, "next": elsewhere}
        assert client.post(reverse("account_login"), sent).headers["Location"] == "/"

    def test_the_redirect_returns_to_the_former_page(self, hana: User, client: Client):
        sent = {"login": "hana", "password": PASSWORD, "next": "/about?x=1"}
        assert client.post(reverse("account_login"), sent).headers["Location"] == "/about?x=1"


class TestNames:
    @pytest.mark.parametrize(
        "login", ["hana", "@hana", " Hana ", "＠ｈａｎａ", "HANA@example.org", "former", "@Former"]
    )
    def test_every_name_of_an_account_signs_in(self, db: None, client: Client, login: str):
        user = factories.user("former", PASSWORD)
        EmailAddress.objects.create(user=user, email="hana@example.org", verified=True, primary=True)
        people.rename(user.person, "hana")
        sign_in(client, login=login)
        assert is_in(client)

    def test_an_unknown_name_does_not_sign_in(self, hana: User, client: Client):
        sign_in(client, login="@")
        sign_in(client, login="hana@")
        assert not is_in(client)

    def test_the_name_of_an_administrator_is_stored_normalised(self, db: None, client: Client):
        User.objects.create_superuser("Root", password=PASSWORD)
        sign_in(client, login="Root")
        assert is_in(client)


def test_signing_up_makes_the_device_known(client: Client, db: None) -> None:
    client.post(reverse("account_signup"), {"name": "Hana", "username": "hana", "password1": PASSWORD})
    assert Person.objects.get().handle == "hana"
    cookie = client.cookies["device"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


class TestGuessedAccount:
    """Guesses are counted for the account that a name belongs to, whichever name was typed."""

    def test_an_unconfirmed_address_belongs_to_nobody(self, db: None) -> None:
        victim, attacker = factories.user("victim"), factories.user("attacker")
        EmailAddress.objects.create(user=victim, email="v@example.org", verified=True, primary=True)
        EmailAddress.objects.create(user=attacker, email="v@example.org", verified=False, primary=True)
        refused = 0
        for _ in range(4):  # each time with a new cookie of a known device
            browser = Client()
            browser.post("/accounts/login/", {"login": "attacker", "password": "correct horse battery"})
            browser.post("/accounts/logout/")
            for number in range(5):
                wrong = {"login": "v@example.org", "password": f"wrong {number}"}
                refused += b"That was a lot" in browser.post("/accounts/login/", wrong).content
        assert refused >= 10

    def test_all_names_of_an_account_share_one_counter(self, client: Client, db: None) -> None:
        user = factories.user("victim")
        EmailAddress.objects.create(user=user, email="v@example.org", verified=True, primary=True)
        for name in ["victim"] * 5 + ["v@example.org"]:
            answer = client.post("/accounts/login/", {"login": name, "password": "wrong"})
        assert b"That was a lot" in answer.content


@pytest.mark.parametrize("field", ["login", "password"])
def test_thousands_of_combining_marks_are_processed_quickly(client: Client, db: None, field: str) -> None:
    sent = {"login": "ada", "password": "wrong"} | {field: "a" + "\u0301\u0323" * 20_000}
    began = time.process_time()
    assert client.post("/accounts/login/", sent).status_code in (200, 400)
    assert time.process_time() - began < 0.5
