"""Links that do not work, cookies that nobody made, and other ways to an account: none leads in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import signing
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from network.models import Person, User
from safety.joining import COOKIE, LASTS
from safety.models import SiteInvitation
from tests.network.views.conftest import words
from tests.support import factories, site
from tests.support.joining import ENDS, GIVEN, GONE, expire, press, sign_up
from tests.support.signing_in import PASSWORD, is_in, sign_in
from tests.test_access import routes


@pytest.mark.usefixtures("closed")
class TestLinks:
    @pytest.mark.parametrize("end", ENDS)
    def test_a_link_that_ended_says_so(self, admin: Person, client: Client, end: Any):
        link = site.invitation(admin)
        end(link)
        for response in (client.get(link.get_absolute_url()), press(client, link)):
            assert response.status_code == 404
            assert GONE in words(response)
        assert not Session.objects.exists()

    @pytest.mark.parametrize("end", ENDS)
    def test_a_link_that_ends_before_the_form_is_sent_makes_no_account(
        self, admin: Person, client: Client, end: Any
    ):
        link = site.invitation(admin)
        press(client, link)
        client.get(reverse("account_signup"))
        end(link)
        late = sign_up(client)
        assert late.status_code == 404
        assert GONE in words(late)
        assert not User.objects.filter(username="nia").exists()
        assert "You need an invitation" in words(client.get(reverse("account_signup")))

    @pytest.mark.parametrize("end", ENDS)
    def test_a_link_that_ends_while_the_form_is_read_makes_no_account(
        self, admin: Person, client: Client, monkeypatch: pytest.MonkeyPatch, end: Any
    ):
        """After the page let the form through, before the account is written."""
        link = site.invitation(admin)
        press(client, link)
        monkeypatch.setattr("network.forms.accounts.claim", lambda _name: end(link))
        late = sign_up(client, email="nia@example.org")
        assert (late.status_code, GONE in words(late)) == (404, True)
        assert not User.objects.filter(username="nia").exists()
        assert not Person.objects.filter(handle="nia").exists()
        assert not is_in(client)

    def test_the_page_of_a_wrong_link_is_the_page_of_one_that_ended(self, admin: Person, client: Client):
        link = site.invitation(admin)
        expire(link)
        wrong = reverse("site_invitation", args=["a" * 43])
        assert words(client.get(wrong)) == words(client.get(link.get_absolute_url()))

    @pytest.mark.parametrize(
        "token",
        [
            *("a" * length for length in (1, 15, 16, 42, 43, 44, 64, 65, 5000)),
            *(
                "a" * 42 + odd
                for odd in ("%00", "'", "%22", "%20", "é", "%F0%9F%90%9A", "%0a", "/", "=", ".")
            ),
            *("%00", "..%2f..%2fsite", "%ff" * 20, "' OR 1=1 --", "%25s" * 20, "0", "-1", "None"),
        ],
        ids=ascii,
    )
    def test_a_wrong_token_is_answered_with_a_page(self, admin: Person, client: Client, token: str):
        site.invitation(admin)
        for way in (client.get, client.post):
            answer = way(f"/join/{token}")
            if "/" not in unquote(token):  # two or more parts are no address of any page
                assert answer.status_code in (400, 404)
                assert answer.status_code == 400 or GONE in words(answer)
            assert COOKIE not in client.cookies
        assert not Session.objects.exists()

    @pytest.mark.parametrize("change", [str.lower, str.upper, str.swapcase])
    def test_the_case_of_a_token_matters(self, admin: Person, client: Client, change: Any):
        link = site.invitation(admin)
        SiteInvitation.objects.filter(pk=link.pk).update(token="aB" * 21 + "c")
        assert client.get(f"/join/{change('aB' * 21 + 'c')}").status_code == 404
        assert client.get(f"/join/{'aB' * 21 + 'c'}").status_code == 200

    @pytest.mark.parametrize("way", ["put", "patch", "delete", "options"])
    def test_other_methods_are_refused(self, admin: Person, client: Client, way: str):
        assert getattr(client, way)(site.invitation(admin).get_absolute_url()).status_code == 405

    def test_pressing_without_the_csrf_token_is_refused(self, admin: Person):
        client = Client(enforce_csrf_checks=True)
        assert press(client, site.invitation(admin)).status_code == 403
        assert not Session.objects.exists()


@pytest.mark.usefixtures("closed")
class TestCookie:
    @pytest.mark.parametrize(
        "kept",
        ["", "x", "{token}", "{token}:x", "{token}:1:x", ":", "::", r'"\000"', "a" * 5000, "é"],
        ids=ascii,
    )
    def test_a_forged_cookie_makes_no_account(self, admin: Person, client: Client, kept: str):
        client.cookies[COOKIE] = kept.format(token=site.invitation(admin).token)
        assert "You need an invitation" in words(sign_up(client))
        assert not User.objects.filter(username="nia").exists()

    def test_a_signed_cookie_of_another_kind_makes_no_account(self, admin: Person, client: Client):
        link = site.invitation(admin)
        client.cookies[COOKIE] = signing.get_cookie_signer(salt="device").sign(link.token)
        assert "You need an invitation" in words(sign_up(client))

    def test_the_cookie_lasts_an_hour_and_is_for_the_server_alone(self, admin: Person, client: Client):
        link = site.invitation(admin)
        kept = press(client, link).cookies[COOKIE]
        assert (kept["httponly"], kept["samesite"], kept["max-age"]) == (True, "Lax", LASTS)
        with time_machine.travel(timezone.now() + timedelta(seconds=LASTS + 1)):
            assert "You need an invitation" in words(sign_up(client))

    def test_signing_in_forgets_it(self, admin: Person, client: Client):
        factories.user("ola", PASSWORD)
        press(client, site.invitation(admin))
        sign_in(client, login="ola")
        assert is_in(client)
        assert not client.cookies[COOKIE].value


class TestOtherWays:
    def test_allauth_has_no_other_way_to_make_an_account(self):
        ways = ("signup", "social", "provider", "headless", "passkey", "3rdparty")
        assert [name for name in routes() if any(way in name for way in ways)] == ["account_signup"]
        with pytest.raises(NoReverseMatch):
            reverse("socialaccount_signup")

    @pytest.mark.parametrize(
        "path",
        ["3rdparty/signup/", "social/signup/", "signup/passkey/", "login/code/", "_allauth/browser/v1/"],
    )
    def test_addresses_of_allauth_that_are_not_installed_do_not_exist(
        self, client: Client, db: None, path: str
    ):
        for address in (f"/accounts/{path}", f"/{path}"):
            assert client.post(address, GIVEN).status_code == 404
