"""Without scripts everything works with plain forms."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, expect

from network.models import Block, Bookmark, Follow, Group, Like, Mute, Person, Poll, Post, Reshare
from tests.support import factories
from tests.support.browser.on_page import card, menu, text
from tests.support.browser.site import Site
from tests.support.browser.someone import PASSWORD, someone
from tests.support.browser.visitor import Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


@pytest.fixture
def ben() -> Person:
    return someone("Ben")


@pytest.fixture
def plain(visit: Visit, ada: Person) -> Visitor:
    """A window of Ada without scripts."""
    return visit(ada, java_script_enabled=False)


def test_writing_by_the_long_form_with_a_preview(plain: Visitor, ada: Person) -> None:
    page = plain.open("compose")
    page.get_by_label("Title").fill("Two tides a day")
    page.get_by_label("Text", exact=True).fill("The moon *pulls*. #tides")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".preview em")).to_have_text("pulls")
    expect(page.get_by_label("Title")).to_have_value(re.compile("Two tides a day"))
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Two tides a day")
    assert Post.objects.get(author=ada).title == "Two tides a day"


def test_writing_by_the_short_form_on_home(plain: Visitor, ada: Person) -> None:
    page = plain.open("home")
    page.locator("#say-text").fill("A short thing.")
    page.locator("form.composer").get_by_role("button", name="Post", exact=True).click()
    expect(text(page, "A short thing.")).to_be_visible()
    plain.open("home")
    expect(text(page, "A short thing.")).to_be_visible()


def test_commenting_and_answering_a_comment(plain: Visitor, ada: Person, ben: Person) -> None:
    post = factories.post(ben)
    said = factories.comment(ben, post, "Did anyone else see it?")
    page = plain.open("post", post.pk)
    page.locator("#say textarea").fill("I did.")
    page.get_by_role("button", name="Post comment").click()
    expect(text(page, "I did.")).to_be_visible()
    page.locator(f"#c{said.pk} > a", has_text="Reply").click()
    page.locator("main textarea").fill("From the pier.")
    page.get_by_role("button", name="Post comment").click()
    expect(page.locator(f"#c{said.pk}").locator(".prose", has_text="From the pier.")).to_be_visible()
    assert Post.objects.get(author=ada, parent=said).text == "From the pier."


def open_menu(part: Locator) -> None:
    """Open the page to which a menu links where there are no scripts."""
    menu(part).click()
    part.locator("details.menu > a").click()


def test_marking_a_post_and_undoing_it(plain: Visitor, ada: Person, ben: Person) -> None:
    post = factories.post(ben)
    page = plain.open("person", ben.handle)
    here = page.url
    for name, row in (("Save", Bookmark), ("Reshare", Reshare)):
        button = card(page, post).get_by_role("button", name=re.compile(f"^{name}"))
        button.click()
        assert page.url.split("#")[0] == here
        expect(button).to_contain_text(f"{name}d")
        assert row.objects.filter(post=post).count() == 1
        button.click()
        expect(button).not_to_contain_text(f"{name}d")
        assert not row.objects.filter(post=post).exists()
    for name, there in (("Thank Ben", 1), ("Take thanks back", 0)):
        open_menu(card(page, post))
        page.get_by_role("button", name=name).click()
        assert page.url.split("#")[0] == here
        assert Like.objects.filter(post=post, person=ada).count() == there


def test_resharing_with_a_text(plain: Visitor, ada: Person, ben: Person) -> None:
    post = factories.post(ben, "Worth passing on.")
    page = plain.open("post_reshare", post.pk)
    page.get_by_label("Text", exact=True).or_(page.locator("main textarea")).first.fill("Read this twice.")
    page.locator("main form button.go").click()
    expect(text(page, "Read this twice.").first).to_be_visible()
    assert Post.objects.get(author=ada).quotes == post


def test_voting(plain: Visitor, ada: Person, ben: Person) -> None:
    post = factories.poll(ben, "Neap", "Spring")
    page = plain.open("post", post.pk)
    page.get_by_label("Spring").check()
    page.get_by_role("button", name="Vote").click()
    expect(page.get_by_text("Your pick")).to_be_visible()
    assert Poll.objects.get(post=post).voters_count == 1


def test_following_and_unfollowing(plain: Visitor, ada: Person, ben: Person) -> None:
    topic = factories.topic(f"tides{ada.pk}")
    for followed, place in ((ben, ("person", ben.handle)), (topic, ("topic", topic.name))):
        page = plain.open(*place)
        button = page.locator("main").get_by_role("button", name=re.compile("^Follow")).first
        button.click()
        expect(button).to_contain_text("Following")
        assert Follow.objects.filter(follower=ada, stream=followed.pk).count() == 1
        button.click()
        expect(button).not_to_contain_text("Following")
        assert not Follow.objects.filter(follower=ada, stream=followed.pk).exists()


def test_joining_a_group_writing_there_and_leaving(plain: Visitor, ada: Person, ben: Person) -> None:
    group = factories.group(ben, name=f"Gauges {ada.pk}")
    page = plain.open("group", group.slug)
    page.get_by_role("button", name=re.compile("^Join")).click()
    page.locator("#say-text").fill("Good evening, all.")
    page.locator("form.composer").get_by_role("button", name="Post", exact=True).click()
    expect(text(page, "Good evening, all.")).to_be_visible()
    assert Post.objects.get(author=ada).group == group
    plain.open("group_leave", group.slug)
    page.locator("main form button.go").click()
    assert not Follow.objects.filter(follower=ada, stream=group.pk).exists()


def test_creating_a_group(plain: Visitor, ada: Person) -> None:
    page = plain.open("group_new")
    page.get_by_label("Name").fill(f"Harbour {ada.pk}")
    page.locator("main form button.go").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Harbour {ada.pk}")
    made = Group.objects.get(name=f"Harbour {ada.pk}")
    assert Follow.objects.get(follower=ada, stream=made.pk).role == Follow.Role.OWNER


def test_editing_and_deleting(plain: Visitor, ada: Person) -> None:
    post = factories.post(ada, "At first.")
    page = plain.open("post", post.pk)
    open_menu(card(page, post))
    page.locator("main").get_by_role("link", name="Edit").click()
    page.get_by_label("Text", exact=True).fill("On reflection.")
    page.get_by_role("button", name="Save changes").click()
    expect(text(page, "On reflection.")).to_be_visible()
    open_menu(card(page, post))
    page.locator("main").get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete it").click()
    expect(text(page, "On reflection.")).to_have_count(0)
    assert factories.fresh(post).deleted_at is not None


def test_sending_a_message(plain: Visitor, ada: Person, ben: Person) -> None:
    page = plain.open("person", ben.handle)
    page.get_by_role("link", name="Message", exact=True).click()
    page.get_by_label("Your message").fill("Only for you.")
    page.get_by_role("button", name="Send to Ben").click()
    expect(page.get_by_text("Nobody else sees this.")).to_be_visible()
    post = Post.objects.get(author=ada)
    assert post.audience == Post.Audience.DIRECT
    assert [addressee.person for addressee in post.addressees.all()] == [ben]


def test_muting_and_blocking(plain: Visitor, ada: Person, ben: Person) -> None:
    post = factories.post(ben)
    page = plain.open("post", post.pk)
    open_menu(card(page, post))
    page.locator("main").get_by_role("button", name="Mute Ben").click()
    assert Mute.objects.filter(person=ada, muted_person=ben).count() == 1
    plain.open("post", post.pk)
    open_menu(card(page, post))
    page.locator("main").get_by_role("button", name="Block Ben").click()
    assert Block.objects.filter(blocker=ada, blocked=ben).count() == 1


def test_a_form_sent_five_times_creates_one_post(visit: Visit, ada: Person) -> None:
    """The same form is sent five times at once. Its key prevents duplicates, not a script."""
    window = visit(ada, java_script_enabled=False)
    page = window.open("compose")
    fields = {
        field.get_attribute("name") or "": field.input_value()
        for field in page.locator("main form").first.locator("input[type=hidden]").all()
    }
    fields |= {"text": "Once.", "place": "public"}
    for _press in range(5):
        assert window.context.request.post("/posts", form=fields, max_redirects=0).status == 303
    assert Post.objects.filter(author=ada).count() == 1


def test_back_restores_the_fields_of_a_form(site: Site, remembering: Browser, ada: Person) -> None:
    """The browser restores the page from its back/forward cache.

    Fields of other pages stay empty: another person may have filled them in.
    """
    plain = Visitor(site.url, remembering, ada, java_script_enabled=False)
    page = plain.open("compose")
    page.get_by_label("Text", exact=True).fill("Half a thought.")
    page.get_by_role("link", name="House rules").click()
    page.go_back(wait_until="commit")
    expect(page.get_by_label("Text", exact=True)).to_have_value("Half a thought.")
    plain.leave()


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_five_quick_presses_of_the_button_create_one_post(
    visit: Visit, ada: Person, javascript: bool
) -> None:
    page = visit(ada, java_script_enabled=javascript).open("compose")
    page.get_by_label("Text", exact=True).fill("Once, however hastily.")
    page.get_by_role("button", name=re.compile("^Post")).click(click_count=5)
    expect(text(page, "Once, however hastily.")).to_be_visible()
    assert Post.objects.filter(author=ada).count() == 1


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_text_survives_an_expired_session(visit: Visit, ada: Person, javascript: bool) -> None:
    window = visit(ada, java_script_enabled=javascript)
    page = window.open("compose")
    page.get_by_label("Text", exact=True).fill("An hour of thought.")
    window.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name=re.compile("^Post")).click()
    expect(page.get_by_role("status").filter(has_text="You were signed out")).to_be_visible()
    assert not Post.objects.filter(author=ada).exists()
    page.get_by_label("Username or email").fill(ada.handle)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main form button.go").click()
    expect(page.get_by_label("Text", exact=True)).to_have_value("An hour of thought.")
    page.get_by_role("button", name=re.compile("^Post")).click()
    expect(text(page, "An hour of thought.")).to_be_visible()
