"""The administrators' pages: who may come in, and links for others."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from network.models import Activity, Person
from network.models import Site as Stored
from network.queries.site import is_open
from safety.actions import administrators
from safety.models import SiteInvitation
from tests.network.views.conftest import words
from tests.support import factories, site

PLACE, LINKS = "/site", "/site/invitations"
GOOD = {"label": "Year 9", "uses": "28", "days": "7"}
MENU = "Looking after this place"


def link_in(page: str) -> str | None:
    found = re.search(r"http://testserver(/join/[\w-]{43})<", page)
    return found and found[1]


class TestPlace:
    def test_an_administrator_closes_and_opens_it(self, desk: Client):
        assert is_open()
        assert "Only people you invite" in words(desk.get(PLACE))
        answer = desk.post(PLACE, {"who": "closed"})
        assert (answer.status_code, answer.headers["Location"]) == (303, PLACE)
        assert not is_open()
        page = words(desk.get(PLACE))
        assert "Only people you invite can come in now. To undo this, choose “Anyone” and save." in page
        assert re.search(r'value="closed"[^>]* checked', page)
        desk.post(PLACE, {"who": "open"})
        assert is_open()
        assert "Anyone can come in now. To undo this" in words(desk.get(PLACE))

    @pytest.mark.parametrize(
        "sent",
        [
            *({"who": who} for who in ("", "Open", "open ", "closed\x00", "1", "True", "x" * 10_000, "ö")),
            *({}, {"is_open": "0"}, {"who": ["x", "y"]}, {"open": "closed"}),
        ],
        ids=lambda sent: ascii(sent)[:40],
    )
    def test_bad_input_changes_nothing(self, desk: Client, sent: dict[str, Any]):
        answer = desk.post(PLACE, sent)
        assert answer.status_code == 400
        assert "needs another look" in words(answer)
        assert not Stored.objects.exists()

    @pytest.mark.parametrize("path", [PLACE, LINKS])
    def test_the_menu_marks_the_page_that_is_open(self, desk: Client, path: str):
        page = words(desk.get(path))
        assert re.search(rf'<nav class="tabs".*href="{path}" aria-current="page".*</nav>', page)

    def test_number_of_queries(self, desk: Client, django_assert_num_queries):
        desk.get(PLACE)
        with django_assert_num_queries(5):
            desk.get(PLACE)


class TestInvitations:
    def test_a_link_is_made_and_shown_once(self, admin: Person, desk: Client):
        answer = desk.post(LINKS, GOOD)
        assert (answer.status_code, answer.headers["Location"]) == (303, LINKS)
        desk.head(LINKS)  # shows nothing, so it is not the once
        page = desk.get(LINKS).content.decode()
        made = SiteInvitation.objects.get()
        assert link_in(page) == made.get_absolute_url()
        assert len(made.token) == 43
        assert (made.label, made.uses, made.used, made.inviter) == ("Year 9", 28, 0, admin)
        assert timedelta(days=6.9) < made.expires_at - timezone.now() <= timedelta(days=7)
        again = desk.get(LINKS)
        assert made.token not in again.content.decode()
        assert "Year 9" in words(again)
        assert "0 of 28 used" in words(again)

    def test_a_link_lasts_two_weeks_unless_chosen(self, desk: Client):
        assert 'value="14"' in words(desk.get(LINKS))

    def test_only_who_made_it_sees_the_link(self, desk: Client, as_other: Client):
        desk.post(LINKS, GOOD)
        assert link_in(as_other.get(LINKS).content.decode()) is None
        assert link_in(desk.get(LINKS).content.decode())

    def test_a_link_that_was_withdrawn_meanwhile_is_not_shown(self, admin: Person, desk: Client):
        desk.post(LINKS, GOOD)
        SiteInvitation.objects.all().delete()
        assert link_in(desk.get(LINKS).content.decode()) is None

    @pytest.mark.parametrize(
        "change",
        [
            *(
                {"uses": uses}
                for uses in ("", "0", "-1", "501", "1e9", "9" * 5000, "many", "1.5", "0x10", "\x00")
            ),
            *({"uses": uses} for uses in (str(2**63), "NaN", "inf", " ", "1,5")),
            *(
                {"days": days}
                for days in ("", "0", "-1", "91", "1e9", "9" * 5000, "soon", "0.5", "\x00", "∞")
            ),
            *({"label": label} for label in ("", " \n\t", "\x00", "\u200b\u3164", "x" * 81, "x" * 500_000)),
            {"label": "", "uses": "0", "days": "0"},
        ],
        ids=lambda change: ascii(change)[:40],
    )
    def test_bad_input_makes_no_link(self, desk: Client, change: dict[str, str]):
        acts = Activity.objects.count()
        answer = desk.post(LINKS, GOOD | change)
        assert answer.status_code == 400
        assert "another look" in words(answer)
        assert not SiteInvitation.objects.exists()
        assert Activity.objects.count() == acts

    @pytest.mark.parametrize(
        "change",
        [
            {"uses": "1"},
            {"uses": "500"},
            {"days": "1"},
            {"days": "90"},
            {"label": "x" * 80},
            {"label": "<b>É</b>"},
        ],
        ids=lambda change: ascii(change)[:40],
    )
    def test_the_least_and_the_most_make_one(self, desk: Client, change: dict[str, str]):
        assert desk.post(LINKS, GOOD | change).status_code == 303
        made, sent = SiteInvitation.objects.get(), GOOD | change
        assert (made.label, str(made.uses)) == (sent["label"], sent["uses"])
        assert f"<b>{'É'}" not in desk.get(LINKS).content.decode()

    def test_fields_that_the_form_does_not_have_are_ignored(self, desk: Client):
        desk.post(LINKS, GOOD | {"token": "a" * 43, "used": "-5", "expires_at": "2999-01-01", "inviter": "1"})
        made = SiteInvitation.objects.get()
        assert made.token != "a" * 43
        assert made.used == 0
        assert made.expires_at - timezone.now() <= timedelta(days=7)

    def test_any_administrator_withdraws_it(self, admin: Person, as_other: Client):
        link = site.invitation(admin, "The quokkas")
        answer = as_other.post(reverse("site_invitation_withdraw", args=[link.pk]))
        assert (answer.status_code, answer.headers["Location"]) == (303, LINKS)
        assert not SiteInvitation.objects.exists()
        assert "The link for The quokkas does not work any more." in words(as_other.get(LINKS))
        assert as_other.post(reverse("site_invitation_withdraw", args=[link.pk])).status_code == 404

    @pytest.mark.parametrize("number", ["0", "1", "-1", "9" * 15, "9" * 30, "x", "%00", "1.0", "٣"])
    def test_withdrawing_what_is_not_there_is_a_404(self, admin: Person, desk: Client, number: str):
        site.invitation(admin)
        SiteInvitation.objects.update(id=7)
        assert desk.post(f"/site/invitations/{number}/withdraw").status_code in (400, 404)
        assert SiteInvitation.objects.exists()

    def test_a_get_withdraws_nothing(self, admin: Person, desk: Client):
        link = site.invitation(admin)
        assert desk.get(reverse("site_invitation_withdraw", args=[link.pk])).status_code == 405

    def test_the_list_says_why_a_link_does_not_work(self, admin: Person, as_other: Client):
        site.invitation(admin, "A")
        SiteInvitation.objects.filter(pk=site.invitation(admin, "B").pk).update(used=1)
        SiteInvitation.objects.filter(pk=site.invitation(admin, "C").pk).update(expires_at=timezone.now())
        page = words(as_other.get(LINKS))
        for says in ("1 of 1 used · made by Hana · used up", "0 of 1 used · made by Hana · ended", "14 days"):
            assert says in page
        administrators.dismiss(admin)
        assert "does not work, as its maker is no administrator now" in words(as_other.get(LINKS))

    def test_the_number_of_queries_is_the_same_for_one_link_and_forty(
        self, admin: Person, desk: Client, django_assert_num_queries
    ):
        site.invitation(admin)
        desk.get(LINKS)
        with django_assert_num_queries(6) as first:
            desk.get(LINKS)
        for number in range(45):
            site.invitation(admin, f"Group {number}")
        with django_assert_num_queries(len(first)):
            page = words(desk.get(LINKS))
        assert "Group 5<" in page
        older = re.search(r'href="(\?before=\d+)"', page)
        assert older
        assert "The tide club" in words(desk.get(LINKS + older[1]))

    @pytest.mark.parametrize("before", ["", "x", "0", "-1", "9" * 30, "%00"])
    def test_a_bad_cursor_is_refused(self, desk: Client, before: str):
        assert desk.get(f"{LINKS}?before={before}").status_code == 400


class TestOthers:
    WAYS = (
        ("get", PLACE),
        ("post", PLACE),
        ("get", LINKS),
        ("post", LINKS),
        ("post", "/site/invitations/1/withdraw"),
    )

    @pytest.mark.parametrize(("way", "path"), WAYS)
    def test_the_pages_do_not_exist_for_others(self, admin: Person, client: Client, way: str, path: str):
        SiteInvitation.objects.filter(pk=site.invitation(admin).pk).update(id=1)
        client.force_login(factories.user("nia"))
        answer = getattr(client, way)(path, GOOD | {"who": "closed"})
        assert answer.status_code == 404
        assert "There is nothing here that you can see." in words(answer)
        assert is_open()
        assert SiteInvitation.objects.count() == 1

    @pytest.mark.parametrize(("way", "path"), WAYS)
    def test_people_who_are_signed_out_are_led_to_sign_in(
        self, client: Client, db: None, way: str, path: str
    ):
        answer = getattr(client, way)(path, GOOD | {"who": "closed"})
        assert answer.status_code == 303
        assert reverse("account_login") in answer.headers["Location"]
        assert is_open()
        assert not SiteInvitation.objects.exists()

    @pytest.mark.parametrize("flags", [{"is_superuser": False}, {"is_superuser": False, "is_staff": True}])
    def test_a_person_who_is_no_administrator_any_more_is_one_of_them(
        self, admin: Person, desk: Client, flags: dict[str, bool]
    ):
        type(admin.user).objects.filter(pk=admin.user.pk).update(**flags)
        assert desk.get(PLACE).status_code == 404
        assert MENU not in words(desk.get("/settings"))

    def test_settings_lead_administrators_alone_there(self, client: Client, desk: Client):
        client.force_login(factories.user("nia"))
        assert MENU in words(desk.get("/settings"))
        assert MENU not in words(client.get("/settings"))

    def test_posting_without_the_csrf_token_is_refused(self, admin: Person):
        client = Client(enforce_csrf_checks=True)
        client.force_login(admin.user)
        assert client.post(PLACE, {"who": "closed"}).status_code == 403
        assert client.post(LINKS, GOOD).status_code == 403
        assert is_open()


@pytest.fixture
def as_other(db: None) -> Client:
    """A client in which another administrator is signed in."""
    client = Client()
    client.force_login(site.administrator("ines").user)
    return client
