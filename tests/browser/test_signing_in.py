"""Signing up, signing in and signing out with the real forms."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from network.models import Person
from tests.support import factories
from tests.support.browser.visitor import Visitor

pytestmark = pytest.mark.browser

PASSWORD = "limpets go home at night"


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_new_person_signs_up_chooses_topics_and_has_a_home_that_is_not_empty(
    visit: Callable[..., Visitor], javascript: bool
) -> None:
    author = factories.person(name="Gwen Author")
    tag = f"tides{author.pk}"
    factories.post(author, f"The moon pulls, and the sea answers. #{tag}")
    newcomer = visit(java_script_enabled=javascript)
    handle = f"new{author.handle}{'' if javascript else 'plain'}"
    page = newcomer.open("account_signup")
    page.get_by_label("Your name").fill("Nia Newcomer")
    page.get_by_label("Username").fill(handle)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main form button").click()
    expect(page).to_have_url(re.compile("/start$"))
    page.get_by_role("checkbox", name=re.compile(tag)).check()
    page.locator("main form button").first.click()
    expect(page).to_have_url(newcomer.url + "/")
    expect(page.locator(".prose", has_text="The moon pulls")).to_be_visible()

    sign_out(page)
    page = newcomer.open("account_login")
    page.get_by_label("Username or email").fill(handle)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main form button").click()
    expect(page.locator(".prose", has_text="The moon pulls")).to_be_visible()
    assert Person.objects.get(handle=handle).name == "Nia Newcomer"


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.locator("main form button").click()
    expect(page.locator("nav.nav")).to_have_count(0)
