"""Two members of a group with presence see each other arrive, write and leave, and the page does not move."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from network.actions import blocks, groups
from network.actions.groups import GroupDraft
from network.models import Group, Person
from tests.support import factories
from tests.support.browser.someone import someone
from tests.support.browser.visitor import Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
NARROW = {"viewport": {"width": 360, "height": 700}}
WATCH_SHIFTS = """new PerformanceObserver(list => list.getEntries().forEach(
    shift => window.shifted = (window.shifted || 0) + shift.value)).observe({type: "layout-shift", buffered: false})"""


@pytest.fixture
def ben() -> Person:
    return someone("Ben")


@pytest.fixture
def group(ada: Person, ben: Person) -> Group:
    made = factories.group(ada, Group.Kind.OPEN, ben)
    return groups.edit(ada, made, GroupDraft(made.name, shows_presence=True))


def here(page: Page):
    return page.locator("[data-here]")


def writing(page: Page):
    return page.locator("[data-writing]")


def test_presence_and_typing_appear_and_disappear(
    visit: Visit, group: Group, ada: Person, ben: Person
) -> None:
    post = factories.post(ada, "Who counted the gulls?", group=group)
    window, other = visit(ada, **NARROW, color_scheme="dark"), visit(ben)
    reading = window.open("post", post.pk)
    expect(here(reading)).to_have_text("")
    reading.evaluate(WATCH_SHIFTS)
    answering = other.open("post", post.pk)
    expect(here(reading)).to_have_text("Here now: Ben")
    expect(here(answering)).to_have_text("Here now: Ada")
    answering.locator("#say textarea").press_sequentially("Forty")
    expect(writing(reading)).to_have_text("Ben is writing")
    expect(reading.locator(".stitch")).to_be_visible()
    expect(writing(answering)).to_have_text("")
    expect(writing(reading)).to_have_text("")
    assert not reading.evaluate("window.shifted")
    assert not reading.locator("[aria-live], [role=status], [role=alert]").filter(has=here(reading)).count()
    assert reading.evaluate("document.documentElement.scrollWidth") <= NARROW["viewport"]["width"]
    answering.goto("/about")
    expect(here(reading)).to_have_text("")
    assert not window.complaints
    assert not other.complaints


def test_a_person_who_replies_is_shown_as_writing_in_the_thread(
    visit: Visit, group: Group, ada: Person, ben: Person
) -> None:
    post = factories.post(ada, group=group)
    comment = factories.comment(ada, post)
    reading = visit(ada).open("post", post.pk)
    replying = visit(ben).tab()
    replying.goto(f"/posts/new?parent={comment.pk}")
    expect(here(reading)).to_have_text("Here now: Ben")
    replying.locator("main textarea").press_sequentially("Yes")
    expect(writing(reading)).to_have_text("Ben is writing")


def test_the_page_of_a_group_shows_who_is_here_and_who_begins_a_discussion(
    visit: Visit, group: Group, ada: Person, ben: Person
) -> None:
    for name in ("Chi", "Dan", "Eve", "Fay"):
        factories.join(someone(name), group)
    members = [follow.follower for follow in group.stream.follows.exclude(follower__in=[ada.pk, ben.pk])]
    reading, beginning = visit(ada).open("group", group.slug), visit(ben).open("group", group.slug)
    expect(here(reading)).to_have_text("Here now: Ben")
    for member in members:
        visit(member).open("group", group.slug)
    expect(here(reading)).to_have_text("Here now: Ben, Chi, Dan, and 2 more")
    field = beginning.locator("#say-text")
    beginning.locator("#say-place").select_option("public")
    field.press_sequentially("Elsewhere")
    beginning.locator("#say-place").select_option(f"group:{group.pk}")
    expect(writing(reading)).to_have_text("")
    field.press_sequentially("Here")
    expect(writing(reading)).to_have_text("Ben is writing")
    blocks.block(ben, ada)
    expect(here(reading)).to_have_text("Here now: Chi, Dan, Eve, and 1 more")
    expect(writing(reading)).to_have_text("")


def test_without_a_connection_nobody_is_shown_as_here(
    visit: Visit, group: Group, ada: Person, ben: Person
) -> None:
    window = visit(ada)
    reading = window.open("group", group.slug)
    visit(ben).open("group", group.slug)
    expect(here(reading)).to_have_text("Here now: Ben")
    reading.evaluate("document.dispatchEvent(new Event('lost'))")
    expect(here(reading)).to_have_text("")
    reading.reload()
    expect(here(reading)).to_have_text("Here now: Ben")
