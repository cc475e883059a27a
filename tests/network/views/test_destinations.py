"""Destinations: a form posts only to the destination that it was made for. Otherwise its text comes back."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django.test import Client

from network.actions import blocks, memberships
from network.forms import destinations
from network.forms.destinations import HOME, PEOPLE, Destination, of_group, of_person, of_thread
from network.models import Addressee, Group, Person, Post
from tests.network.views.conftest import sign_in, words
from tests.support import factories

pytestmark = pytest.mark.django_db

WORDS = "Between the two of us."
DRAFT = re.compile(r'data-draft="([^"]+)"')


def send(client: Client, noor: Person, made_for: Destination, **fields: object) -> HttpResponse:
    sent = factories.form(noor, made_for, text=WORDS, key="k1") | fields
    return client.post("/posts", sent)  # type: ignore[return-value]


def refused(response: HttpResponse) -> str:
    """The page that comes back with a refused form. It contains everything that was written."""
    assert 400 <= response.status_code < 500
    assert not Post.objects.filter(text=WORDS).exists()
    assert WORDS in words(response)
    return words(response)


@pytest.fixture
def hana(db: None) -> Person:
    return factories.person("hana", name="Hana Sato")


@pytest.fixture(params=[Group.Kind.REQUEST, Group.Kind.HIDDEN])
def closed(request: pytest.FixtureRequest, noor: Person) -> Group:
    """A group that is not open, in which Noor may write."""
    return factories.group(noor, request.param, name="River Watch")


def test_the_form_of_a_message_is_one_box_and_names_the_recipient(
    client: Client, noor: Person, hana: Person
) -> None:
    page = words(client.get("/posts/new?to=hana"))
    assert "<h1>Message to Hana Sato</h1>" in page
    assert "Only you and Hana Sato can read this." in page
    assert "Send to Hana Sato</button>" in page
    for name in ("title", "topics", "options", "place", "to", "summary"):
        assert f'name="{name}"' not in page


def test_a_message_reaches_only_its_recipient_and_nobody_whom_its_text_mentions(
    client: Client, noor: Person, hana: Person, ada: Person
) -> None:
    response = send(client, noor, of_person(hana), text=f"{WORDS} @ada", to="@ada")
    assert response.status_code == 303
    assert set(Addressee.objects.values_list("person", flat=True)) == {hana.pk}
    assert Post.objects.get().audience == Post.Audience.DIRECT


@pytest.mark.parametrize("place", ["public", "unlisted", "followers", "group", "group:0"])
def test_the_form_of_a_message_has_no_other_destination(
    client: Client, noor: Person, hana: Person, place: str
) -> None:
    for made_for in (of_person(hana), PEOPLE):
        page = refused(send(client, noor, made_for, place=place, to="@hana"))
        assert "This form goes to one place only" in page
        assert "Post to everyone" not in page


def test_a_message_shows_its_recipient(client: Client, noor: Person, hana: Person) -> None:
    assert "Say whom it is for." in refused(send(client, noor, PEOPLE, text=f"{WORDS} @hana"))
    assert send(client, noor, PEOPLE, to="@hana").status_code == 303
    assert set(Addressee.objects.values_list("person", flat=True)) == {hana.pk}


def test_a_quote_in_a_message_names_its_recipients(client: Client, noor: Person, hana: Person) -> None:
    path = f"/posts/{factories.post(hana).pk}/reshare"
    page = refused(client.post(path, {"text": WORDS, "place": "direct"}))  # type: ignore[arg-type]
    assert "Say whom it is for." in page
    assert client.post(path, {"text": "See this, @hana.", "place": "direct"}).status_code == 303


def test_the_form_of_a_message_does_not_post_in_a_group(
    client: Client, noor: Person, hana: Person, closed: Group
) -> None:
    refused(send(client, noor, of_person(hana), place=f"group:{closed.pk}"))


@pytest.mark.parametrize("place", ["public", "unlisted", "followers", "direct"])
def test_the_form_of_a_group_that_is_not_open_has_no_other_destination(
    client: Client, noor: Person, closed: Group, place: str
) -> None:
    page = refused(send(client, noor, of_group(closed), place=place, to="@noor"))
    assert "Post to River Watch</button>" in page
    assert "Anyone on the internet" not in page


def test_the_form_of_a_group_needs_no_field_for_the_group(
    client: Client, noor: Person, closed: Group
) -> None:
    assert send(client, noor, of_group(closed)).status_code == 303
    assert Post.objects.get().group == closed


def test_the_form_of_a_group_does_not_post_in_another_group(
    client: Client, noor: Person, closed: Group
) -> None:
    other = factories.group(noor, Group.Kind.HIDDEN)
    refused(send(client, noor, of_group(closed), place=f"group:{other.pk}"))


def test_an_open_group_offers_other_places(client: Client, noor: Person) -> None:
    group = factories.group(noor)
    assert send(client, noor, of_group(group), place="public").status_code == 303
    assert Post.objects.get().group is None


def test_the_button_distinguishes_two_groups_of_one_name(client: Client, noor: Person) -> None:
    groups = [factories.group(noor, name="Book club") for _ in range(2)]
    page = words(client.get("/posts/new"))
    for group in groups:
        assert f'data-button="Post to Book club ({group.slug})"' in page


def test_a_form_from_home_posts_to_the_named_destination(client: Client, noor: Person, closed: Group) -> None:
    assert send(client, noor, HOME, place=f"group:{closed.pk}").status_code == 303
    assert Post.objects.get().group == closed


@pytest.mark.parametrize("place", ["public", "", None])
def test_the_form_of_a_comment_makes_no_post_and_no_comment_in_another_thread(
    client: Client, noor: Person, hana: Person, place: str | None
) -> None:
    root, other = factories.post(hana, audience=Post.Audience.DIRECT, to=(noor,)), factories.post(hana)
    extra = {} if place is None else {"place": place}
    refused(send(client, noor, of_thread(root), **extra))
    refused(send(client, noor, of_thread(root), parent=other.pk, **extra))
    refused(send(client, noor, HOME, parent=root.pk, **extra))
    assert send(client, noor, of_thread(root), parent=root.pk, **extra).status_code == 303
    assert Post.objects.get(text=WORDS).thread == root


def test_a_form_without_a_signed_destination_is_refused(
    client: Client, noor: Person, hana: Person, ada: Person
) -> None:
    signed = of_person(hana).signed(noor)
    forged = [
        "",
        "home",
        "\x00",
        "home:",
        signed.replace("person", "home"),
        "home:" + signed.partition(":")[2],
        HOME.signed(ada),
        Destination(destinations.Kind.HOME, 5).signed(noor),
        signed + "x",
    ]
    for sent in forged:
        page = refused(client.post("/posts", {"text": WORDS, "place": "public", "destination": sent}))
        assert "We cannot tell where this was meant to go" in page
    refused(client.post("/posts", {"text": WORDS, "place": "public"}))


def test_all_fields_come_back_from_a_refused_form(client: Client, noor: Person) -> None:
    sent = {"title": "The title", "text": WORDS, "topics": "tides", "options": ["Tea", "Coffee"]}
    page = refused(client.post("/posts", sent))
    assert all(word in page for word in ("The title", "tides", "Tea", "Coffee"))


def test_a_form_comes_back_when_its_recipient_or_membership_is_gone(
    client: Client, noor: Person, hana: Person, ada: Person
) -> None:
    group = factories.group(ada, Group.Kind.HIDDEN, noor)
    memberships.leave(noor, group)
    blocks.block(hana, noor)
    for made_for in (of_group(group), of_person(hana)):
        page = refused(send(client, noor, made_for))
        assert group.name not in page
        assert "<button" not in page.partition("<main")[2].partition("</main")[0]


def test_a_link_sets_the_destination_only_if_the_person_may_see_it(
    client: Client, noor: Person, hana: Person, ada: Person
) -> None:
    hidden = factories.group(ada, Group.Kind.HIDDEN)
    for link in (f"for=group-{hidden.pk}", "for=group-999", "for=person-999", "to=nobody", "group=nothing"):
        assert client.get(f"/posts/new?{link}").status_code == 404
    for link in ("for=nothing", "for=thread-5", "for=group-0", "for=home-5", "for="):
        assert 'name="title"' in words(client.get(f"/posts/new?{link}"))
    assert "Message to Hana Sato" in words(client.get(f"/posts/new?for=person-{hana.pk}"))


def test_the_long_form_and_the_preview_keep_the_destination(
    client: Client, noor: Person, closed: Group
) -> None:
    sent = factories.form(noor, of_group(closed), text=WORDS, place="public")
    page = words(client.post("/posts/preview", sent))
    assert "Post to River Watch</button>" in page
    assert 'name="place"' not in page
    assert DRAFT.findall(page) == [f"group-{closed.pk}"]


def test_the_key_of_a_draft_is_the_destination_of_its_composer(
    client: Client, noor: Person, hana: Person
) -> None:
    group, root = factories.group(noor), factories.post(hana)
    comment = factories.comment(hana, root)
    pages = {
        "/": "home",
        "/posts/new": "home",
        "/posts/new?to=hana": f"person-{hana.pk}",
        "/posts/new?place=direct": "people",
        f"/groups/{group.slug}": f"group-{group.pk}",
        f"/posts/new?group={group.slug}": f"group-{group.pk}",
        f"/posts/{root.pk}": f"comment-{root.pk}",
        f"/posts/new?parent={comment.pk}": f"comment-{comment.pk}",
        f"/posts/{root.pk}/reshare": f"reshare-{root.pk}",
        "/posts/new?text=%23tides%20": "home #tides ",
        f"/posts/new?group={group.slug}&text=Hm": f"group-{group.pk} Hm",
    }
    for path, name in pages.items():
        page = client.get(path).content.decode()
        assert DRAFT.findall(page) == [name], path
        assert f'name="draft" value="{name}"' in page


def test_a_form_sent_after_the_session_ended_comes_back_with_its_destination(
    client: Client, noor: Person, hana: Person, closed: Group
) -> None:
    for made_for in (of_person(hana), of_group(closed), PEOPLE):
        client.logout()
        page = sign_in(client, send(client, noor, made_for, **{"as": str(noor.pk)}))
        assert page.redirect_chain[-1][0] == f"/posts/new?for={made_for.name}"
        assert f"{WORDS}</textarea>" in words(page)
        assert 'class="btn go ">Send to' in words(page) or "Post to River Watch</button>" in words(page)
