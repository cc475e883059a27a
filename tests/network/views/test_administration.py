"""Administration: staff sign in on the account pages, and give their password again after a quarter of an hour."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group as Permissions
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from network.models import Person, User
from tests.network.views.conftest import BACKEND

PASSWORD = "correct horse battery"
ADMIN = "/admin/"


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root", password=PASSWORD)


def sign_in(client: Client, password: str = PASSWORD, then: str = ADMIN):
    return client.post(reverse("account_login"), {"login": "root", "password": password, "next": then})


def later(**passed: int):
    return time_machine.travel(timezone.now() + timedelta(**passed), tick=False)


class TestSigningIn:
    def test_staff_sign_in_on_the_account_pages(self, client: Client, root: User):
        asked = client.get(ADMIN, follow=True)
        assert asked.redirect_chain[-1][0] == f"{reverse('account_login')}?next=/admin/"
        assert sign_in(client).headers["Location"] == ADMIN
        assert client.get(ADMIN).status_code == 200

    def test_no_other_form_accepts_a_password(self, client: Client, root: User):
        answer = client.post("/admin/login/", {"username": "root", "password": PASSWORD, "next": ADMIN})
        assert answer.headers["Location"].startswith(reverse("account_login"))
        assert "_auth_user_id" not in client.session

    def test_signed_in_staff_cannot_use_the_password_of_another(self, client: Client, root: User):
        client.force_login(User.objects.create_user("clerk", is_staff=True), backend=BACKEND)
        answer = client.post("/admin/login/", {"username": "root", "password": PASSWORD, "next": ADMIN})
        assert answer.headers["Location"] == ADMIN
        assert client.session["_auth_user_id"] != str(root.pk)

    def test_signing_in_needs_the_second_step(self, client: Client, root: User):
        TOTP.activate(root, generate_totp_secret())
        codes = RecoveryCodes.activate(root).get_unused_codes()
        assert sign_in(client).headers["Location"] == reverse("mfa_authenticate")
        assert client.get(ADMIN).status_code == 302
        client.post(reverse("mfa_authenticate"), {"code": codes[0]})
        assert client.get(ADMIN).status_code == 200

    def test_attempts_are_limited(self, client: Client, root: User):
        with later(hours=0):
            for _try in range(10):
                sign_in(client, "wrong")
            sign_in(client)
        assert "_auth_user_id" not in client.session

    def test_only_staff_enter(self, client: Client, noor: Person):
        assert client.get(ADMIN, follow=True).status_code == 403

    def test_the_redirect_leads_to_no_other_site(self, client: Client, root: User):
        elsewhere = "https://evil.example/"
        asked = client.get("/admin/login/", {"next": elsewhere})
        page = client.get(asked.headers["Location"])
        assert page.context["redirect_field_value"] in (None, elsewhere)
        assert sign_in(client, then=elsewhere).headers["Location"] == "/"


class TestSession:
    def test_the_password_is_asked_for_again_after_a_quarter_of_an_hour(self, client: Client, root: User):
        sign_in(client)
        with later(minutes=14):
            assert client.get(ADMIN).status_code == 200
        with later(minutes=16):
            asked = client.get(ADMIN)
            again = reverse("account_reauthenticate")
            assert asked.headers["Location"] == f"{again}?next=%2Fadmin%2F"
            assert client.post(again, {"password": "wrong", "next": ADMIN}).status_code == 200
            assert client.get(ADMIN).status_code == 302
            assert client.post(again, {"password": PASSWORD, "next": ADMIN}).headers["Location"] == ADMIN
            assert client.get(ADMIN).status_code == 200

    def test_a_submitted_form_is_processed_only_after_the_password(self, root: User):
        client = Client(enforce_csrf_checks=True)
        client.get(reverse("account_login"))
        token = client.cookies["csrftoken"].value
        signed = {"login": "root", "password": PASSWORD, "csrfmiddlewaretoken": token}
        client.post(reverse("account_login"), signed)
        token = client.cookies["csrftoken"].value
        add = reverse("admin:auth_group_add")
        with later(minutes=16):
            client.post(add, {"name": "Clerks", "csrfmiddlewaretoken": token})
            assert not Permissions.objects.exists()
            proof = {"password": PASSWORD, "next": add, "csrfmiddlewaretoken": token}
            client.post(reverse("account_reauthenticate"), proof)
        assert Permissions.objects.get().name == "Clerks"

    def test_signing_out_is_always_possible(self, client: Client, root: User):
        sign_in(client)
        with later(minutes=16):
            assert client.post(reverse("admin:logout")).status_code == 200
        assert "_auth_user_id" not in client.session

    def test_the_password_is_changed_on_the_account_pages(self, client: Client, root: User):
        sign_in(client)
        answer = client.post(reverse("admin:password_change"), {"old_password": PASSWORD})
        assert answer.headers["Location"] == reverse("account_change_password")


class TestProtectedActs:
    """Acts that could give an account to another person ask for the password again."""

    @pytest.mark.parametrize("name", ["mfa_activate_totp", "mfa_generate_recovery_codes"])
    def test_changing_the_second_step_asks_for_the_password(self, client: Client, noor: Person, name: str):
        page = reverse(name)
        assert client.get(page).headers["Location"].startswith(reverse("account_reauthenticate"))

    def test_a_mail_address_is_added_after_the_password(self, client: Client, noor: Person):
        email = reverse("account_email")
        sent = {"email": "noor@example.org", "action_add": ""}
        asked = client.post(email, sent)
        assert asked.headers["Location"].startswith(reverse("account_reauthenticate"))
        assert not noor.user.emailaddress_set.exists()
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": email})
        assert noor.user.emailaddress_set.get().email == "noor@example.org"

    def test_a_recent_password_is_not_asked_for_again(self, client: Client, noor: Person):
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": "/"})
        email = reverse("account_email")
        with later(minutes=14):
            client.post(email, {"email": "noor@example.org", "action_add": ""})
        assert noor.user.emailaddress_set.exists()
        with later(minutes=16):
            client.post(email, {"email": "two@example.org", "action_add": ""})
        assert noor.user.emailaddress_set.count() == 1

    def test_an_anonymous_request_is_redirected_and_stores_nothing(self, client: Client, db: None):
        answer = client.post(reverse("mfa_activate_totp"), {"code": "x" * 50_000})
        assert answer.headers["Location"].startswith(reverse("account_login"))
        assert not client.session.keys()
