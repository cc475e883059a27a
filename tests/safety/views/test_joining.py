"""Coming in by an invitation to the site, while it is closed and while it is open."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from network.actions import people
from network.actions.site import set_open
from network.errors import Invalid
from network.models import Person, User
from safety.joining import COOKIE
from tests.network.views.conftest import words
from tests.support import site
from tests.support.joining import GONE, expire, press, sign_up, used
from tests.support.signing_in import is_in


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

    def test_a_get_uses_and_keeps_nothing(self, admin: Person, client: Client):
        """Mail and chat programs open links before people do."""
        link = site.invitation(admin)
        for _time in range(3):
            assert client.get(link.get_absolute_url()).status_code == 200
            assert client.head(link.get_absolute_url()).status_code == 200
        assert used(link) == 0
        assert COOKIE not in client.cookies
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
        assert COOKIE not in desk.cookies
        assert used(link) == 0

    def test_numbers_of_queries(self, admin: Person, client: Client, django_assert_num_queries):
        link = site.invitation(admin)
        with django_assert_num_queries(1):
            client.get(link.get_absolute_url())
        with django_assert_num_queries(1):
            client.get(reverse("account_signup"))
        press(client, link)
        with django_assert_num_queries(1):
            client.get(reverse("account_signup"))


class TestOpenSite:
    def test_a_link_leads_to_the_form_and_is_not_used_up(self, admin: Person, client: Client):
        link = site.invitation(admin)
        assert press(client, link).headers["Location"] == reverse("account_signup")
        assert sign_up(client).status_code == 302
        assert used(link) == 0
        assert not client.cookies[COOKIE].value

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
