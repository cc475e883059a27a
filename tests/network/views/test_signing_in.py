"""Signing in: who may guess how often, which names and passwords are one's own, and where it leads."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import LazySettings
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.test import Client
from django.urls import reverse

from network.actions import people
from network.models import Person, User
from tests.network.views.conftest import BACKEND, words
from tests.support import factories

PASSWORD = "correct horse battery"
TYPED = "Crème brûlée, café"
FORMS = ("NFC", "NFD", "NFKC", "NFKD")


@pytest.fixture
def hana(db: None) -> User:
    user = factories.user("hana", PASSWORD)
    EmailAddress.objects.create(user=user, email="hana@example.org", verified=True, primary=True)
    return user


@pytest.fixture
def addresses() -> Iterator[str]:
    return (f"192.0.2.{last}" for last in count(1))


def sign_in(client: Client, password: str = PASSWORD, login: str = "hana", address: str = "127.0.0.1"):
    sent = {"login": login, "password": password}
    return client.post(reverse("account_login"), sent, REMOTE_ADDR=address)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def fail(client: Client, times: int, address: str, login: str = "hana") -> None:
    for _time in range(times):
        sign_in(client, "wrong", login, address)


@pytest.fixture
def one_window() -> Iterator[None]:
    """Time stands still just after the hour, when all that is counted begins anew."""
    with time_machine.travel(datetime(2030, 1, 1, 12, 0, 1, tzinfo=UTC), tick=False):
        yield


@pytest.mark.usefixtures("one_window")
class TestGuessing:
    def test_is_limited_by_who_asks(self, hana: User):
        stranger, right = Client(), Client()
        fail(stranger, 5, "192.0.2.1")
        sign_in(stranger, address="192.0.2.1")
        assert not is_in(stranger)
        sign_in(right, address="192.0.2.2")
        assert is_in(right)

    def test_says_when_to_go_on(self, hana: User, client: Client):
        fail(client, 5, "192.0.2.1")
        assert "Wait" in words(sign_in(client, address="192.0.2.1"))

    @pytest.mark.parametrize("login", ["hana", "hana@example.org", "@hana"])
    def test_keeps_no_known_device_out_though_others_guess_at_its_address(self, hana: User, login: str):
        device, stranger = Client(), Client()
        sign_in(device)
        device.post(reverse("account_logout"))
        for name in ("hana", "hana@example.org", "somebody"):
            fail(stranger, 20, "127.0.0.1", name)
        sign_in(device, login=login)
        assert is_in(device)

    def test_from_everywhere_at_once_is_limited_too(self, hana: User, addresses: Iterator[str]):
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

    def test_by_a_known_device_is_limited(self, hana: User):
        device = Client()
        sign_in(device)
        device.post(reverse("account_logout"))
        fail(device, 5, "192.0.2.1")
        sign_in(device, address="192.0.2.9")
        assert not is_in(device)

    def test_by_the_device_of_another_is_a_strangers(self, hana: User):
        factories.user("mallory", PASSWORD)
        other = Client()
        sign_in(other, login="mallory")
        other.post(reverse("account_logout"))
        fail(Client(), 5, "127.0.0.1")
        sign_in(other)
        assert not is_in(other)

    @pytest.mark.parametrize("cookie", ["", "x", "1:x", "1:abc:forged"])
    def test_by_a_forged_device_is_a_strangers(self, hana: User, cookie: str):
        client = Client()
        client.cookies["device"] = cookie
        fail(client, 5, "127.0.0.1")
        sign_in(client)
        assert not is_in(client)

    def test_of_one_network_is_counted_together(self, hana: User):
        client = Client()
        for last in range(5):
            fail(client, 1, f"2001:db8::{last}")
        sign_in(client, address="2001:db8::ffff")
        assert not is_in(client)

    def test_of_two_who_share_no_address_is_counted_apart(self, hana: User):
        """A server that listens for both versions of IP sees the older one inside of the newer."""
        fail(Client(), 5, "::ffff:192.0.2.1")
        client = Client()
        sign_in(client, address="::ffff:192.0.2.2")
        assert is_in(client)

    def test_may_go_on_after_a_while(self, hana: User):
        client = Client()
        fail(client, 6, "192.0.2.1")
        with time_machine.travel(datetime(2030, 1, 1, 12, 5, 1, tzinfo=UTC), tick=False):
            sign_in(client, address="192.0.2.1")
        assert is_in(client)

    def test_right_is_not_counted(self, hana: User):
        for _time in range(40):
            client = Client()
            sign_in(client)
            assert is_in(client)

    def test_by_a_stranger_leaves_who_is_signed_in_free_to_prove_it(self, hana: User):
        client = Client()
        client.force_login(hana, backend=BACKEND)
        fail(Client(), 20, "127.0.0.1")
        proof = {"password": PASSWORD, "next": "/about"}
        assert client.post(reverse("account_reauthenticate"), proof).headers["Location"] == "/about"

    def test_codes_is_limited_by_who_asks(self, hana: User):
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
class TestLetters:
    def test_are_few_to_one_address_and_whoever_asks_is_told_the_same(self, hana: User):
        asked = [
            Client(REMOTE_ADDR=f"192.0.2.{last}").post(
                reverse("account_reset_password"), {"email": "hana@example.org"}
            )
            for last in range(8)
        ]
        assert {answer.status_code for answer in asked} == {302}
        assert len(mail.outbox) == 5

    @pytest.mark.parametrize("asked_at", ["localhost", "127.0.0.1:8000", "[::1]"])
    def test_lead_to_the_public_address(
        self, hana: User, client: Client, settings: LazySettings, asked_at: str
    ):
        settings.PUBLIC_URL = settings.SITE_URL = "https://kith.example"
        client.post(reverse("account_reset_password"), {"email": "hana@example.org"}, HTTP_HOST=asked_at)
        client.post(reverse("account_reset_password"), {"email": "no@example.org"}, HTTP_HOST=asked_at)
        for letter in mail.outbox:
            assert asked_at not in letter.body
            assert "https://kith.example/accounts/" in letter.body

    def test_that_confirm_an_address_lead_there_too(self, hana: User, client: Client, settings: LazySettings):
        settings.PUBLIC_URL = settings.SITE_URL = "https://kith.example"
        client.force_login(hana, backend=BACKEND)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": "/"})
        added = {"email": "two@example.org", "action_add": ""}
        client.post(reverse("account_email"), added, HTTP_HOST="localhost:8000")
        assert "https://kith.example/accounts/confirm-email/" in mail.outbox[0].body
        assert "localhost" not in mail.outbox[0].body


class TestWhereItLeads:
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
    def test_is_a_page_of_this_place(self, hana: User, client: Client, elsewhere: str):
        sent = {"login": "hana", "password": PASSWORD, "next": elsewhere}
        assert client.post(reverse("account_login"), sent).headers["Location"] == "/"

    def test_is_where_one_came_from(self, hana: User, client: Client):
        sent = {"login": "hana", "password": PASSWORD, "next": "/about?x=1"}
        assert client.post(reverse("account_login"), sent).headers["Location"] == "/about?x=1"


class TestNames:
    @pytest.mark.parametrize(
        "login", ["hana", "@hana", " Hana ", "＠ｈａｎａ", "HANA@example.org", "former", "@Former"]
    )
    def test_that_are_ones_own_sign_in(self, db: None, client: Client, login: str):
        user = factories.user("former", PASSWORD)
        EmailAddress.objects.create(user=user, email="hana@example.org", verified=True, primary=True)
        people.rename(user.person, "hana")
        sign_in(client, login=login)
        assert is_in(client)

    def test_of_nobody_do_not(self, hana: User, client: Client):
        sign_in(client, login="@")
        sign_in(client, login="hana@")
        assert not is_in(client)

    def test_of_an_administrator_are_kept_as_they_are_compared(self, db: None, client: Client):
        User.objects.create_superuser("Root", password=PASSWORD)
        sign_in(client, login="Root")
        assert is_in(client)


class TestPasswords:
    @pytest.mark.parametrize("set_as", FORMS)
    @pytest.mark.parametrize("typed_as", FORMS)
    def test_are_the_same_however_they_are_composed(
        self, client: Client, db: None, set_as: str, typed_as: str
    ):
        """Set before passwords were normalised, as createsuperuser still sets them."""
        password = unicodedata.normalize(set_as, TYPED)
        user = factories.user("hana", password)
        User.objects.filter(pk=user.pk).update(password=make_password(password))
        sign_in(client, unicodedata.normalize(typed_as, TYPED))
        assert is_in(client)
        user.refresh_from_db()
        assert user.password == make_password(
            unicodedata.normalize("NFKC", TYPED), salt=user.password.split("$")[-2]
        )

    @pytest.mark.parametrize("form", FORMS)
    def test_are_stored_normalised_at_sign_up(self, client: Client, db: None, form: str):
        sent = {"name": "Hana", "username": "hana", "password1": unicodedata.normalize(form, TYPED)}
        client.post(reverse("account_signup"), sent)
        assert stored_as_nfkc("hana")

    @pytest.mark.parametrize("form", FORMS)
    def test_are_stored_normalised_when_they_change(self, hana: User, client: Client, form: str):
        client.force_login(hana, backend=BACKEND)
        new = unicodedata.normalize(form, TYPED)
        sent = {"oldpassword": PASSWORD, "password1": new, "password2": unicodedata.normalize("NFC", TYPED)}
        client.post(reverse("account_change_password"), sent)
        assert stored_as_nfkc("hana")

    def test_are_stored_normalised_when_they_are_reset(self, hana: User, client: Client):
        client.post(reverse("account_reset_password"), {"email": "hana@example.org"})
        link = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)
        page = client.get(link.partition("8000")[2] or link, follow=True)
        new = unicodedata.normalize("NFD", TYPED)
        client.post(page.request["PATH_INFO"], {"password1": new, "password2": new})
        assert stored_as_nfkc("hana")

    def test_that_everybody_uses_are_refused_in_any_width(self, client: Client, db: None):
        client.post(
            reverse("account_signup"),
            {"name": "Hana", "username": "hana", "password1": "ｐａｓｓｗｏｒｄ１２３"},
        )
        assert not User.objects.exists()

    def test_that_are_hashed_anew_end_no_session_of_who_proves_who_they_are(self, db: None, client: Client):
        user = factories.user("hana", PASSWORD)
        user.password = make_password(unicodedata.normalize("NFD", TYPED))
        user.save()
        client.force_login(user, backend=BACKEND)
        client.post(reverse("account_reauthenticate"), {"password": TYPED, "next": "/"})
        assert stored_as_nfkc("hana")
        assert client.get(reverse("settings")).status_code == 200

    def test_that_are_wrong_stay_wrong(self, hana: User):
        assert not hana.check_password(TYPED)
        assert not hana.check_password("")
        assert not hana.check_password(None)


def stored_as_nfkc(username: str) -> bool:
    stored = User.objects.get(username=username).password
    return stored == make_password(unicodedata.normalize("NFKC", TYPED), salt=stored.split("$")[-2])


def test_somebody_who_signed_up_is_known_on_this_device(client: Client, db: None) -> None:
    client.post(reverse("account_signup"), {"name": "Hana", "username": "hana", "password1": PASSWORD})
    assert Person.objects.get().handle == "hana"
    cookie = client.cookies["device"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


class TestWhoIsGuessedAt:
    """Guesses are counted by the account that a name leads to, whatever name was typed."""

    def test_an_address_that_is_not_confirmed_makes_nobody_its_owner(self, db: None) -> None:
        victim, attacker = factories.user("victim"), factories.user("attacker")
        EmailAddress.objects.create(user=victim, email="v@example.org", verified=True, primary=True)
        EmailAddress.objects.create(user=attacker, email="v@example.org", verified=False, primary=True)
        refused = 0
        for _ in range(4):  # with a new cookie of a known device each time
            browser = Client()
            browser.post("/accounts/login/", {"login": "attacker", "password": "correct horse battery"})
            browser.post("/accounts/logout/")
            for number in range(5):
                wrong = {"login": "v@example.org", "password": f"wrong {number}"}
                refused += b"That was a lot" in browser.post("/accounts/login/", wrong).content
        assert refused >= 10

    def test_the_names_of_one_account_share_a_count(self, client: Client, db: None) -> None:
        user = factories.user("victim")
        EmailAddress.objects.create(user=user, email="v@example.org", verified=True, primary=True)
        for name in ["victim"] * 5 + ["v@example.org"]:
            answer = client.post("/accounts/login/", {"login": name, "password": "wrong"})
        assert b"That was a lot" in answer.content


@pytest.mark.parametrize("field", ["login", "password"])
def test_thousands_of_marks_keep_nobody_waiting(client: Client, db: None, field: str) -> None:
    sent = {"login": "ada", "password": "wrong"} | {field: "a" + "\u0301\u0323" * 20_000}
    began = time.process_time()
    assert client.post("/accounts/login/", sent).status_code in (200, 400)
    assert time.process_time() - began < 0.5
