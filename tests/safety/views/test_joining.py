"""Coming in by an invitation to the site: what works, what does not, and that there is no other way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from network.actions import people
from network.actions.site import set_open
from network.errors import Invalid
from network.models import Person, User
from network.settings import LIMITS
from safety.actions import administrators, invitations
from safety.models import SiteInvitation
from tests.network.views.conftest import words
from tests.support import factories, site
from tests.support.signing_in import is_in
from tests.test_access import routes

GIVEN = {"name": "Nia", "username": "nia", "password1": "three plain words"}
GONE = "This link does not work any more"


def sign_up(client: Client, username: str = "nia", **more: Any) -> Any:
    return client.post(reverse("account_signup"), GIVEN | {"username": username} | more)


def press(client: Client, link: SiteInvitation) -> Any:
    """Press "Make an account" on the page of an invitation."""
    return client.post(link.get_absolute_url())


def used(link: SiteInvitation) -> int:
    return factories.fresh(link).used


def expire(link: SiteInvitation) -> None:
    SiteInvitation.objects.filter(pk=link.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def use_up(link: SiteInvitation) -> None:
    SiteInvitation.objects.filter(pk=link.pk).update(used=link.uses)


def withdraw(link: SiteInvitation) -> None:
    invitations.withdraw(link.inviter, link)


def dismiss(link: SiteInvitation) -> None:
    site.administrator("other")
    administrators.dismiss(link.inviter)


def deactivate(link: SiteInvitation) -> None:
    User.objects.filter(person=link.inviter).update(is_active=False)


ENDS = [expire, use_up, withdraw, dismiss, deactivate]


@pytest.mark.usefixtures("closed")
class TestClosedSite:
    def test_a_person_comes_in_by_a_link(self, admin: Person, client: Client):
        link = site.invitation(admin, uses=2)
        page = client.get(link.get_absolute_url())
        assert "Hana invites you" in words(page)
        assert reverse("rules") in words(page)
        assert press(client, link).headers["Location"] == reverse("account_signup")
        assert "Make my account" in words(client.get(reverse("account_signup")))
        assert sign_up(client).headers["Location"] == "/start"
        assert is_in(client)
        assert Person.objects.get(handle="nia").user == User.objects.get(username="nia")
        assert used(link) == 1

    def test_the_label_is_shown_to_administrators_only(self, admin: Person, client: Client):
        link = site.invitation(admin, "The quokkas")
        assert "quokkas" not in words(client.get(link.get_absolute_url()))

    def test_a_get_uses_and_stores_nothing(self, admin: Person, client: Client):
        """Mail and chat programs open links before people do."""
        link = site.invitation(admin)
        for _time in range(3):
            assert client.get(link.get_absolute_url()).status_code == 200
            assert client.head(link.get_absolute_url()).status_code == 200
        assert used(link) == 0
        assert not Session.objects.exists()
        assert "You need an invitation" in words(client.get(reverse("account_signup")))

    def test_pressing_alone_uses_nothing(self, admin: Person, client: Client):
        link = site.invitation(admin)
        press(client, link)
        client.get(reverse("account_signup"))
        assert used(link) == 0

    def test_without_an_invitation_the_page_says_that_one_is_needed(self, client: Client):
        page = words(client.get(reverse("account_signup")))
        assert "You need an invitation" in page
        assert reverse("account_login") in page
        assert "password1" not in page

    @pytest.mark.parametrize("more", [{}, {"site_invitation": "x"}, {"token": "x"}, {"next": "/join/x"}])
    def test_a_form_without_an_invitation_makes_no_account(self, client: Client, more: dict[str, str]):
        assert "You need an invitation" in words(sign_up(client, **more))
        assert not User.objects.filter(username="nia").exists()
        assert not is_in(client)

    def test_a_form_that_is_refused_uses_nothing(self, admin: Person, client: Client):
        link = site.invitation(admin)
        press(client, link)
        assert sign_up(client, username="hana").status_code == 200
        assert used(link) == 0
        assert sign_up(client).status_code == 302
        assert used(link) == 1

    def test_a_name_that_is_taken_meanwhile_uses_the_link_once(
        self, admin: Person, client: Client, monkeypatch: pytest.MonkeyPatch
    ):
        """`ErrorsMiddleware` runs the view again."""
        link = site.invitation(admin, uses=5)
        press(client, link)
        made = [Invalid("taken"), people.register]

        def register(*args: Any, **kwargs: Any) -> Person:
            first = made.pop(0)
            if isinstance(first, Invalid):
                raise first
            return first(*args, **kwargs)

        monkeypatch.setattr(people, "register", register)
        assert sign_up(client).status_code == 302
        assert (used(link), made) == (1, [])
        assert User.objects.count() == 2

    def test_a_sent_form_that_is_sent_again_makes_no_second_account(self, admin: Person, client: Client):
        link = site.invitation(admin, uses=5)
        press(client, link)
        sign_up(client)
        assert sign_up(client, username="nia.two").headers["Location"] == "/"  # signed in already
        client.post(reverse("account_logout"))
        assert "You need an invitation" in words(sign_up(client, username="nia.two"))
        assert User.objects.count() == 2
        assert used(link) == 1

    def test_two_tabs_with_two_links_use_the_one_pressed_last(self, admin: Person, client: Client):
        first, second = site.invitation(admin), site.invitation(admin)
        press(client, first)
        press(client, second)
        assert sign_up(client).status_code == 302
        assert sign_up(client, username="nia.two").headers["Location"] == "/"
        assert (used(first), used(second)) == (0, 1)
        assert User.objects.count() == 2

    def test_two_browsers_use_the_last_place_once(self, admin: Person):
        link, one, other = site.invitation(admin), Client(), Client()
        press(one, link)
        press(other, link)
        assert sign_up(one).status_code == 302
        late = sign_up(other, username="ola")
        assert late.status_code == 404
        assert GONE in words(late)
        assert not User.objects.filter(username="ola").exists()

    def test_a_signed_in_person_uses_nothing(self, admin: Person, desk: Client):
        link = site.invitation(admin)
        assert "You have an account here already" in words(desk.get(link.get_absolute_url()))
        assert press(desk, link).headers["Location"] == "/"
        assert "site_invitation" not in desk.session
        assert used(link) == 0

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
            assert answer.status_code in (400, 404)
            assert answer.status_code == 400 or GONE in words(answer) or "/" in unquote(token)
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

    @pytest.mark.parametrize("kept", ["", "x", "a" * 43, "a" * 5000, 1, True, None, ["x"], {"x": "y"}])
    def test_a_session_with_something_else_makes_no_account(self, client: Client, kept: Any):
        session = client.session
        session["site_invitation"] = kept
        session.save()
        assert sign_up(client).status_code in (200, 404)
        assert not User.objects.filter(username="nia").exists()

    def test_allauth_has_no_other_way_to_make_an_account(self):
        ways = ("signup", "social", "provider", "headless", "passkey", "3rdparty")
        assert [name for name in routes() if any(way in name for way in ways)] == ["account_signup"]
        with pytest.raises(NoReverseMatch):
            reverse("socialaccount_signup")

    def test_numbers_of_queries(self, admin: Person, client: Client, django_assert_num_queries):
        link = site.invitation(admin)
        with django_assert_num_queries(1):
            client.get(link.get_absolute_url())
        with django_assert_num_queries(1):
            client.get(reverse("account_signup"))
        press(client, link)
        with django_assert_num_queries(2):  # the session, and the invitation in it
            client.get(reverse("account_signup"))


class TestOpenSite:
    def test_a_link_leads_to_the_form_and_is_not_used_up(self, admin: Person, client: Client):
        link = site.invitation(admin)
        assert press(client, link).headers["Location"] == reverse("account_signup")
        assert sign_up(client).status_code == 302
        assert used(link) == 0
        assert "site_invitation" not in client.session

    def test_nobody_needs_a_link(self, client: Client, db: None):
        assert sign_up(client).status_code == 302
        assert is_in(client)

    def test_a_link_that_ended_leads_to_the_form_all_the_same(self, admin: Person, client: Client):
        link = site.invitation(admin)
        press(client, link)
        expire(link)
        page = client.get(link.get_absolute_url())
        assert (page.status_code, reverse("account_signup") in words(page)) == (404, True)
        assert sign_up(client).status_code == 302

    def test_a_site_that_closes_before_the_form_is_sent_needs_an_invitation(
        self, admin: Person, client: Client
    ):
        client.get(reverse("account_signup"))
        set_open(admin, False)
        assert "You need an invitation" in words(sign_up(client))
        assert not User.objects.filter(username="nia").exists()

    @pytest.mark.parametrize(
        "path",
        ["3rdparty/signup/", "social/signup/", "signup/passkey/", "login/code/", "_allauth/browser/v1/"],
    )
    def test_addresses_of_allauth_that_are_not_installed_do_not_exist(
        self, client: Client, db: None, path: str
    ):
        for address in (f"/accounts/{path}", f"/{path}"):
            assert client.post(address, GIVEN).status_code == 404


@pytest.mark.usefixtures("closed")
class TestLimits:
    def test_links_that_work_open_after_any_number_of_wrong_ones(self, admin: Person, client: Client):
        link = site.invitation(admin)
        for _time in range(LIMITS["wrong_invitation"][0]):
            client.get("/join/" + "a" * 43)
        assert client.get("/join/" + "a" * 43).status_code == 429
        assert client.get(link.get_absolute_url()).status_code == 200
        assert press(client, link).status_code == 303

    def test_a_class_of_28_comes_in_behind_one_address(self, admin: Person):
        link = site.invitation(admin, uses=28)
        for number in range(29):
            pupil = Client(REMOTE_ADDR="192.0.2.1")
            press(pupil, link)
            sign_up(pupil, username="hana")  # each is refused once
            sign_up(pupil, username=f"pupil{number}")
            assert is_in(pupil) == (number < 28)
        assert used(link) == 28

    def test_forms_without_an_invitation_are_limited_by_address(self, client: Client):
        answers = [sign_up(client).status_code for _time in range(LIMITS["sign_up"][0] + 1)]
        assert (set(answers[:-1]), answers[-1]) == ({200}, 429)

    def test_forms_with_an_invitation_are_limited_too(self, admin: Person, client: Client):
        press(client, site.invitation(admin))
        times = LIMITS["sign_up_by_invitation"][0]
        answers = [sign_up(client, username="hana").status_code for _time in range(times + 1)]
        assert (set(answers[:-1]), answers[-1]) == ({200}, 429)
