"""An administrator closes the place and makes a link; a new person comes in by it on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from network.models import Person, Site, User
from safety.actions import administrators
from tests.support import factories
from tests.support.browser.someone import PASSWORD, someone
from tests.support.browser.visitor import Visitor

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 640}


@pytest.fixture
def hana() -> Iterator[Person]:
    """An administrator. Afterwards the site is open and has none, as other tests have it."""
    person = someone("Hana")
    administrators.appoint(person)
    yield person
    Site.objects.all().delete()
    User.objects.filter(person=person).update(is_superuser=False, is_staff=False)


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_person_comes_in_by_a_link_to_a_closed_place(
    visit: Callable[..., Visitor], hana: Person, javascript: bool
) -> None:
    factories.post(hana, "Only for those inside.")
    link = close_and_invite(visit(hana, java_script_enabled=javascript))
    newcomer = visit(viewport=PHONE, has_touch=True, is_mobile=True, java_script_enabled=javascript)
    page = newcomer.open("account_signup")
    expect(page.get_by_role("heading", name="You need an invitation")).to_be_visible()

    page.goto(link)
    expect(page.get_by_role("heading", name="Hana invites you")).to_be_visible()
    page.get_by_role("button", name="Make an account").click()
    handle = f"new{hana.handle}"
    page.get_by_label("Your name").fill("Nia Newcomer")
    page.get_by_label("Username").fill(handle)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make my account").click()
    expect(page).to_have_url(re.compile("/start$"))
    page.goto("/")
    expect(page.locator("nav.nav")).to_be_visible()
    assert Person.objects.get(handle=handle).name == "Nia Newcomer"

    late = visit(viewport=PHONE).page
    late.goto(link)
    expect(late.get_by_role("heading", name="This link does not work any more")).to_be_visible()
    late.goto(f"/people/{hana.handle}")
    expect(late.locator("body")).not_to_contain_text("Only for those inside.")


def close_and_invite(administrator: Visitor) -> str:
    """Close the place and make a link for one person, by the pages. Returns the address of the link."""
    page = administrator.open("settings")
    open_menu(page)
    page.get_by_role("link", name="Looking after this place").locator("visible=true").click()
    page.get_by_label("Only people you invite").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Only people you invite can come in now.")).to_be_visible()
    page.get_by_role("link", name="Invitations").click()
    page.get_by_label("For whom").fill("Nia")
    page.get_by_role("button", name="Make the link").click()
    made = page.locator("main a[data-copy]")
    expect(made).to_be_visible()
    link = made.get_attribute("href")
    assert link
    page.reload()
    expect(made).to_have_count(0)
    expect(page.get_by_text("0 of 1 used")).to_be_visible()
    return link


def open_menu(page: Page) -> None:
    """Where the page has no room for it in its margin, the menu of settings is folded."""
    folded = page.locator("details.fold.no-margin > summary")
    if folded.is_visible():
        folded.click()
