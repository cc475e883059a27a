"""Drafts stay in the composer where they were written, and the button names the destination of the post."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Locator, Page, expect

from network.actions import posts
from network.models import Addressee, Group, Person, Post
from tests.support import factories
from tests.support.browser.on_page import text, travel
from tests.support.browser.site import Site
from tests.support.browser.someone import PASSWORD, someone
from tests.support.browser.visitor import Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


@dataclass
class Town:
    """The people, groups and posts to which Ada can write."""

    ada: Person
    hana: Person
    ben: Person
    hidden: Group
    open: Group
    root: Post
    comment: Post
    note: Post


@pytest.fixture
def town(ada: Person) -> Town:
    hana, ben = someone("Hana Sato"), someone("Ben")
    hidden = factories.group(ben, Group.Kind.HIDDEN, ada, name=f"Class 2b {ada.pk}")
    open_group = factories.group(ben, Group.Kind.OPEN, ada, name=f"Gauges {ada.pk}")
    root = factories.post(ben, "Where does the water go?")
    comment = factories.comment(hana, root, "Downhill.")
    note = factories.post(hana, "Just us.", audience=Post.Audience.DIRECT, to=(ada,))
    return Town(ada, hana, ben, hidden, open_group, root, comment, note)


# The page of each composer, and the label of its button.
COMPOSERS: dict[str, tuple[Callable[[Town], str], str]] = {
    "home": (lambda town: reverse("home"), "Post to everyone"),
    "message to Hana": (lambda town: f"/posts/new?to={town.hana.handle}", "Send to Hana Sato"),
    "message to Ben": (lambda town: f"/posts/new?to={town.ben.handle}", "Send to Ben"),
    "message to several": (lambda town: "/posts/new?place=direct", "Send to the people I name"),
    "hidden group": (lambda town: town.hidden.get_absolute_url(), "Post to Class 2b"),
    "open group": (lambda town: town.open.get_absolute_url(), "Post to Gauges"),
    "topic": (lambda town: "/posts/new?text=%23tides%20", "Post to everyone"),
    "thread": (lambda town: town.root.get_absolute_url(), "Post comment"),
    "comment": (lambda town: f"/posts/new?parent={town.comment.pk}", "Post comment"),
    "message thread": (lambda town: town.note.get_absolute_url(), "Send to Hana Sato"),
    "quote": (lambda town: f"/posts/{town.root.pk}/reshare", "Reshare without words"),
}


def box(page: Page) -> Locator:
    return page.locator("main form[data-draft] textarea[name=text]")


def button(page: Page) -> Locator:
    return page.locator("main form[data-draft] button.go")


def state(page: Page) -> tuple[str, str, str, str]:
    """Return what a composer would send, and the label of its button."""
    form = page.locator("main form[data-draft]")
    chosen = form.locator("[name=place]")
    place = chosen.input_value() if chosen.count() else ""
    to = form.locator("[name=to]")
    return (
        box(page).input_value(),
        place,
        to.input_value() if to.count() else "",
        button(page).inner_text(),
    )


def test_no_draft_appears_in_another_composer(visit: Visit, town: Town) -> None:
    """For each pair of composers: the text and the choices of one are not in the other."""
    page = visit(town.ada).page
    fresh = {}
    for name, (path, says) in COMPOSERS.items():
        page.goto(path(town))
        expect(button(page)).to_contain_text(says)
        fresh[name] = state(page)
    for name, (path, _says) in COMPOSERS.items():
        page.goto(path(town))
        box(page).fill(f"Words begun in: {name}")
        place = page.locator("main form[data-draft] [name=place]")
        if place.count():
            place.select_option("followers")
        for other in COMPOSERS:
            if other != name:
                page.goto(COMPOSERS[other][0](town))
                assert state(page) == fresh[other], f"from {name} into {other}"
        page.goto(path(town))
        expect(box(page)).to_have_value(f"Words begun in: {name}")
        page.evaluate("localStorage.clear()")


def test_each_composer_keeps_its_own_draft(visit: Visit, town: Town) -> None:
    page = visit(town.ada).page
    for name, (path, _says) in COMPOSERS.items():
        page.goto(path(town))
        box(page).fill(f"Words begun in: {name}")
    for name, (path, _says) in COMPOSERS.items():
        page.goto(path(town))
        expect(box(page)).to_have_value(f"Words begun in: {name}")


@pytest.mark.parametrize("name", ["message to Hana", "hidden group"])
def test_a_draft_from_home_is_not_posted_in_a_closed_group_nor_the_other_way_round(
    visit: Visit, town: Town, name: str
) -> None:
    """Write a draft, leave the page, open another composer, replace the text, send it."""
    start = {"message to Hana": "compose", "hidden group": "home"}[name]
    page = visit(town.ada).open(start)
    box(page).fill("For anybody.")
    page.goto(COMPOSERS[name][0](town))
    expect(box(page)).to_have_value("")
    box(page).fill("Between us.")
    button(page).click()
    expect(text(page, "Between us.")).to_be_visible()
    said = Post.objects.get(author=town.ada, text="Between us.")
    stranger = visit().page.goto(said.get_absolute_url())
    assert stranger is not None
    assert stranger.status == 404
    if name == "message to Hana":
        assert list(Addressee.objects.filter(thread=said).values_list("person", flat=True)) == [town.hana.pk]
    page.goto("/posts/new")
    expect(box(page)).to_have_value("For anybody.")


def test_the_long_form_of_a_hidden_group_posts_in_that_group(visit: Visit, town: Town) -> None:
    page = visit(town.ada).open("compose")
    box(page).fill("For anybody.")
    page.goto(town.hidden.get_absolute_url())
    assert not page.locator("main form[data-draft] [name=place]").count()
    box(page).fill("For the class.")
    page.get_by_role("button", name="More").click()
    expect(page.get_by_label("Title")).to_be_visible()
    assert not page.locator("main form[data-draft] [name=place]").count()
    page.get_by_label("Title").fill("Homework")
    expect(button(page)).to_contain_text("Post to Class 2b")
    button(page).click()
    expect(page.get_by_role("heading", name="Homework")).to_be_visible()
    assert Post.objects.get(author=town.ada).group == town.hidden
    page.goto(town.hidden.get_absolute_url())
    expect(box(page)).to_have_value("")


def test_the_button_names_the_chosen_destination_and_the_post_goes_there(visit: Visit, town: Town) -> None:
    page = visit(town.ada).open("home")
    box(page).fill("Which is it?")
    place = page.locator("#say-place")
    for value, says in (
        ("followers", "Post to my followers"),
        ("unlisted", "Post for those with the link"),
        ("public", "Post to everyone"),
        (f"group:{town.hidden.pk}", f"Post to {town.hidden.name}"),
    ):
        place.select_option(value)
        expect(button(page)).to_have_text(says)
    button(page).click()
    expect(text(page, "Which is it?")).to_be_visible()
    assert Post.objects.get(author=town.ada).group == town.hidden


def test_a_draft_with_a_narrow_audience_is_restored_without_a_destination(visit: Visit, town: Town) -> None:
    """Restored with the default audience, the text would be posted to everybody."""
    page = visit(town.ada).open("home")
    box(page).fill("For those who know me.")
    page.locator("#say-place").select_option("followers")
    for path in ("/", "/posts/new"):
        page.goto(path)
        expect(box(page)).to_have_value("For those who know me.")
        expect(page.locator("main form [name=place]")).to_have_value("")
        expect(button(page)).to_have_text("Post")
        button(page).click()
        assert not Post.objects.filter(author=town.ada).exists()
    page.locator("main form [name=place]").select_option("followers")
    button(page).click()
    expect(text(page, "For those who know me.")).to_be_visible()
    assert Post.objects.get(author=town.ada).audience == Post.Audience.FOLLOWERS


def test_two_tabs_have_separate_drafts(visit: Visit, town: Town) -> None:
    window = visit(town.ada)
    here, there = window.open("home"), window.tab()
    there.goto("/")
    box(here).fill("From the first tab.")
    box(there).fill("From the second tab.")
    button(here).click()
    expect(text(here, "From the first tab.")).to_be_visible()
    here.goto("/")
    expect(box(here)).to_have_value("From the second tab.")
    assert Post.objects.get(author=town.ada).text == "From the first tab."


def test_a_title_stays_in_the_draft_when_the_short_form_does_not_send_it(visit: Visit, town: Town) -> None:
    page = visit(town.ada).open("compose")
    page.get_by_label("Title").fill("The title")
    box(page).fill("The text.")
    page.goto("/")
    button(page).click()
    expect(text(page, "The text.")).to_be_visible()
    page.goto("/posts/new")
    expect(page.get_by_label("Title")).to_have_value("The title")
    expect(box(page)).to_have_value("")


def test_a_form_sent_again_after_its_post_was_deleted_creates_a_new_post(
    site: Site, remembering: Browser, town: Town
) -> None:
    window = Visitor(site.url, remembering, town.ada)
    page = window.open("compose")
    box(page).fill("Say it again.")
    button(page).click()
    expect(text(page, "Say it again.")).to_be_visible()
    posts.delete(town.ada, Post.objects.get(author=town.ada))
    travel(page, -1)
    page.wait_for_url("**/posts/new", wait_until="commit")
    expect(box(page)).to_have_value("Say it again.")
    button(page).click()
    expect(text(page, "Say it again.")).to_be_visible()
    assert Post.objects.filter(author=town.ada, deleted_at=None).count() == 1
    window.leave()


def test_a_message_survives_an_expired_session_and_goes_to_its_recipient_only(
    visit: Visit, town: Town
) -> None:
    window = visit(town.ada)
    page = window.page
    page.goto(COMPOSERS["message to Hana"][0](town))
    box(page).fill("Not lost, and not for others.")
    window.sign_out()
    button(page).click()
    assert town.ada.user is not None
    page.locator("[name=login]").fill(town.ada.user.username)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button.go").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Message to Hana Sato")
    expect(box(page)).to_have_value("Not lost, and not for others.")
    button(page).click()
    expect(text(page, "Not lost, and not for others.")).to_be_visible()
    said = Post.objects.get(author=town.ada)
    assert list(Addressee.objects.filter(thread=said).values_list("person", flat=True)) == [town.hana.pk]


def test_a_restored_page_with_another_choice_names_its_destination(visit: Visit, town: Town) -> None:
    page = visit(town.ada).open("home")
    page.locator("#say-place").select_option("followers")
    page.goto("/about")
    page.go_back()
    says = {"public": "Post to everyone", "followers": "Post to my followers", "": "Post"}
    expect(button(page)).to_have_text(says[page.locator("#say-place").input_value()])


def test_without_scripts_the_button_names_no_wrong_destination(visit: Visit, town: Town) -> None:
    page = visit(town.ada, java_script_enabled=False).open("home")
    expect(button(page)).to_have_text("Post")
    for name in ("message to Hana", "hidden group", "message thread"):
        path, says = COMPOSERS[name]
        page.goto(path(town))
        expect(button(page)).to_have_text(re.compile(says))


def test_the_button_of_a_reshare_names_its_act(visit: Visit, town: Town) -> None:
    page = visit(town.ada).open("post_reshare", town.root.pk)
    expect(button(page)).to_have_text("Reshare without words")
    box(page).fill("Read this.")
    expect(button(page)).to_have_text("Post to everyone")
    page.locator("[name=place]").select_option("followers")
    expect(button(page)).to_have_text("Post to my followers")


def test_a_long_name_on_the_button_does_not_widen_the_page(visit: Visit, ada: Person) -> None:
    group = factories.group(
        ada, Group.Kind.HIDDEN, name="Donaudampfschifffahrtsgesellschaftskapitän" + "s" * 30
    )
    page = visit(ada, viewport={"width": 320, "height": 640}).open("group", group.slug)
    box(page).fill("Ahoy.")
    expect(button(page)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
