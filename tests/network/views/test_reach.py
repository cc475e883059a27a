"""Reach: the composer on home offers topics, and a post that nobody receives says so."""

from __future__ import annotations

import pytest
from django.test import Client

from network.models import Group, Person
from tests.network.views.conftest import words
from tests.support import factories

pytestmark = pytest.mark.django_db

NOBODY_FOLLOWS = "Nobody follows you yet"


def said(client: Client, noor: Person, **fields: str) -> str:
    """The message on the page after a post of Noor's."""
    sent = factories.form(noor, **{"text": "The tide turns.", "place": "public", **fields})
    page = words(client.post("/posts", sent, follow=True))
    return page.partition('<div class="flash"')[2].partition("</div>")[0]


def test_the_composer_on_home_offers_followed_topics(client: Client, noor: Person) -> None:
    factories.topic("sums")
    factories.follow(noor, factories.topic("tidal_ecology"))
    page = words(client.get("/"))
    assert '<option value="tidal_ecology">tidal ecology</option>' in page
    assert 'value="sums"' not in page
    assert 'name="topics"' not in words(client.get(f"/groups/{factories.group(noor).slug}"))


def test_a_post_of_the_short_form_is_about_the_chosen_topic(client: Client, noor: Person) -> None:
    factories.follow(noor, factories.topic("tidal_ecology"))
    said(client, noor, topics="tidal_ecology")
    assert [about.topic.name for about in noor.posts.get().about.all()] == ["tidal_ecology"]


def test_without_followers_the_composer_explains_how_to_reach_people(client: Client, noor: Person) -> None:
    assert NOBODY_FOLLOWS in words(client.get("/"))
    factories.follow(factories.person("ada"), noor)
    assert NOBODY_FOLLOWS not in words(client.get("/"))


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("public", "people see it on your page and in Explore"),
        ("unlisted", "only people whom you send its link will see it"),
        ("followers", "nobody else sees it for now"),
    ],
)
def test_a_post_that_reaches_nobody_shows_a_message(
    client: Client, noor: Person, place: str, sentence: str
) -> None:
    assert sentence in said(client, noor, place=place)
    factories.follow(noor, factories.topic("tides"))
    assert sentence in said(client, noor, place=place, topics="tides")
    factories.follow(factories.person("ada"), noor)
    assert said(client, noor, place=place).endswith("<p>Your post is here.</p>")


def test_a_post_in_a_topic_that_others_follow_reaches_them(client: Client, noor: Person, ada: Person) -> None:
    factories.follow(ada, factories.topic("tides"))
    assert NOBODY_FOLLOWS not in said(client, noor, topics="tides")
    assert NOBODY_FOLLOWS in said(client, noor, place="followers", topics="tides")


def test_messages_and_posts_in_groups_show_no_such_message(client: Client, noor: Person, ada: Person) -> None:
    group = factories.group(noor, Group.Kind.HIDDEN)
    assert "Your post is here." in said(client, noor, place=f"group:{group.pk}")
    assert NOBODY_FOLLOWS not in said(client, noor, place=f"group:{group.pk}")
    assert "Your message is sent." in said(client, noor, place="direct", to="@ada")
