"""The meta description of pages: public pages have one, and pages that are not public have none."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from network.models import Group, Person, Post
from tests.support import factories
from tests.support.addresses import addresses

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db: None) -> Person:
    return factories.user("ada").person


def descriptions(address: str, browser: Client | None = None) -> list[str]:
    page = (browser or Client(raise_request_exception=False)).get(address).content.decode()
    return [unescape(said) for said in re.findall('<meta name="description" content="([^"]*)">', page)]


@pytest.mark.parametrize(
    "address", ["/", "/about", "/rules", "/privacy", "/explore", "/explore/posts", "/groups"]
)
def test_a_public_page_has_a_description(address: str) -> None:
    [said] = descriptions(address)
    assert 20 < len(said) <= 160


def test_the_description_of_a_post_is_the_beginning_of_its_text(ada: Person) -> None:
    post = factories.post(ada, 'The *tide* "turns" <b>at</b> six & seven.\n\n' + "It does so each day. " * 30)
    [said] = descriptions(f"/posts/{post.pk}")
    assert said.startswith('The tide "turns" <b>at</b> six & seven. It does')
    assert len(said) <= 160


def test_the_description_of_a_folded_post_is_its_summary(ada: Person) -> None:
    post = factories.post(ada, "The butler.", summary="The end of the novel")
    assert descriptions(f"/posts/{post.pk}") == ["The end of the novel"]


def test_topics_people_and_groups_are_described_by_their_own_texts(ada: Person) -> None:
    factories.post(ada, "#birds")
    group = factories.group(ada, name="Weavers")
    Group.objects.filter(pk=group.pk).update(description="We weave.\nYou, too? 1 < 2")
    Person.objects.filter(pk=ada.pk).update(bio_html="<p>I count <em>tides</em>.</p>")
    assert descriptions(group.get_absolute_url()) == ["We weave. You, too? 1 < 2"]
    assert descriptions("/people/ada") == ["I count tides."]
    [said] = descriptions("/topics/birds")
    assert "birds" in said.lower()


def test_pages_that_are_not_public_have_no_description(ada: Person) -> None:
    member = factories.person("member")
    hidden = factories.group(member, Group.Kind.HIDDEN)
    for post in (
        factories.post(member, "Canary.", audience=Post.Audience.FOLLOWERS),
        factories.post(member, "Canary.", audience=Post.Audience.DIRECT, to=(ada,)),
        factories.post(member, "Canary.", group=hidden),
        factories.post(member, "Canary.", group=factories.group(member, Group.Kind.REQUEST)),
    ):
        assert descriptions(f"/posts/{post.pk}") == []
    for address in (hidden.get_absolute_url(), "/nowhere", "/%00", "/accounts/login/"):
        assert descriptions(address) == []


def test_pages_of_signed_in_people_have_no_description(ada: Person) -> None:
    browser = Client(raise_request_exception=False)
    browser.force_login(ada.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    for name, address in addresses(ada):
        assert descriptions(address, browser) == [], name
