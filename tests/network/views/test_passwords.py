"""Which passwords are accepted, in every form in which a keyboard may send them."""

from __future__ import annotations

import unicodedata

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.test import Client
from django.urls import reverse

from network.models import User
from tests.network.views.conftest import BACKEND
from tests.support import factories
from tests.support.signing_in import PASSWORD, is_in, sign_in

TYPED = "Crème brûlée, café"


FORMS = ("NFC", "NFD", "NFKC", "NFKD")


class TestPasswords:
    @pytest.mark.parametrize("set_as", FORMS)
    @pytest.mark.parametrize("typed_as", FORMS)
    def test_passwords_are_equal_in_every_unicode_composition(
        self, client: Client, db: None, set_as: str, typed_as: str
    ):
        """The password was stored before passwords were normalised, as createsuperuser still does."""
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
    def test_passwords_are_stored_normalised_at_sign_up(self, client: Client, db: None, form: str):
        sent = {"name": "Hana", "username": "hana", "password1": unicodedata.normalize(form, TYPED)}
        client.post(reverse("account_signup"), sent)
        assert stored_as_nfkc("hana")

    @pytest.mark.parametrize("form", FORMS)
    def test_passwords_are_stored_normalised_when_they_change(self, hana: User, client: Client, form: str):
        client.force_login(hana, backend=BACKEND)
        new = unicodedata.normalize(form, TYPED)
        sent = {"oldpassword": PASSWORD, "password1": new, "password2": unicodedata.normalize("NFC", TYPED)}
        client.post(reverse("account_change_password"), sent)
        assert stored_as_nfkc("hana")

    def test_passwords_are_stored_normalised_when_they_are_reset(self, hana: User, client: Client):
        client.post(reverse("account_reset_password"), {"email": "hana@example.org"})
        link = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)
        page = client.get(link.partition("8000")[2] or link, follow=True)
        new = unicodedata.normalize("NFD", TYPED)
        client.post(page.request["PATH_INFO"], {"password1": new, "password2": new})
        assert stored_as_nfkc("hana")

    def test_common_passwords_are_refused_in_any_width(self, client: Client, db: None):
        client.post(
            reverse("account_signup"),
            {"name": "Hana", "username": "hana", "password1": "ｐａｓｓｗｏｒｄ１２３"},
        )
        assert not User.objects.exists()

    def test_a_password_that_is_hashed_again_ends_no_session(self, db: None, client: Client):
        user = factories.user("hana", PASSWORD)
        user.password = make_password(unicodedata.normalize("NFD", TYPED))
        user.save()
        client.force_login(user, backend=BACKEND)
        client.post(reverse("account_reauthenticate"), {"password": TYPED, "next": "/"})
        assert stored_as_nfkc("hana")
        assert client.get(reverse("settings")).status_code == 200

    def test_wrong_passwords_are_refused(self, hana: User):
        assert not hana.check_password(TYPED)
        assert not hana.check_password("")
        assert not hana.check_password(None)


def stored_as_nfkc(username: str) -> bool:
    stored = User.objects.get(username=username).password
    return stored == make_password(unicodedata.normalize("NFKC", TYPED), salt=stored.split("$")[-2])
