"""An owner, a removed member and another person in three browsers: removed members stay out, and nothing is disclosed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from network.actions import invitations
from network.models import Group, Person
from tests.support import factories
from tests.support.browser.someone import someone
from tests.support.browser.visitor import Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


def remove(owner: Visitor, group: Group, member: Person) -> None:
    page = owner.open("group_members", group.slug)
    line = page.get_by_role("listitem").filter(has_text=f"@{member.handle}")
    line.locator("summary").click()
    line.get_by_role("button", name="Remove from the group").click()
    expect(page.get_by_text(f"@{member.handle}")).to_have_count(0)


def test_a_person_removed_from_an_open_group_asks_and_is_accepted(visit: Visit, ada: Person) -> None:
    ben = someone("Ben")
    group = factories.group(ada, Group.Kind.OPEN, ben, name=f"River watch {ada.pk}")
    owner, removed = visit(ada), visit(ben)
    remove(owner, group, ben)
    page = removed.open("group", group.slug)
    expect(page.get_by_text("You were removed from this group.")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Ask to join")).click()
    expect(page.get_by_role("button", name=re.compile("^Requested"))).to_be_visible()
    page = owner.open("group_requests", group.slug)
    expect(page.get_by_text("Was removed before")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Let in")).click()
    page = removed.open("group", group.slug)
    expect(page.locator("#say-text")).to_be_visible()


def test_a_removed_member_and_another_person_learn_nothing_of_a_hidden_group(
    visit: Visit, ada: Person
) -> None:
    ben, name = someone("Ben"), f"Merger {ada.pk}"
    group = factories.group(ada, Group.Kind.HIDDEN, name=name)
    link = invitations.invite(ada, group)
    owner, removed, stranger = visit(ada), visit(ben), visit(someone("Eve"))
    page = removed.open("invitation", link.token)
    page.get_by_role("button", name=re.compile("^Join")).click()
    page.locator("#say-text").fill("My own words.")
    page.locator("form.composer").locator("button.go").click()
    own = page.url
    remove(owner, group, ben)
    page.goto(own)
    expect(page.get_by_text("My own words.").first).to_be_visible()
    expect(page.get_by_text(name)).to_have_count(0)
    page = removed.open("invitation", link.token)
    expect(page.get_by_text("There is nothing here that you can see.")).to_be_visible()
    page = stranger.open("group_new")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Make the group").click()
    expect(page).to_have_url(re.compile(f"/groups/merger-{ada.pk}$"))
