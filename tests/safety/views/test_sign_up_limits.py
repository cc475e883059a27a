"""Limits of sign-ups count invitations rather than addresses."""

from __future__ import annotations

import pytest
from django.test import Client

from network.models import Person
from network.settings import LIMITS
from tests.support import site
from tests.support.joining import press, sign_up, used
from tests.support.signing_in import is_in


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
