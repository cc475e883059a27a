"""Parts of cards are kept by their values: these are plain, short, and of no viewer."""

from __future__ import annotations

import dataclasses
import gzip
from typing import Any
from unittest import mock

from django.template.loader import render_to_string
from django.test import Client

from network import rendering
from network.actions import reshares
from network.models import Person
from network.templatetags import cards
from network.values import Acts, Excerpt, Named, Rail, Reason, Reshared, Why, Words
from tests.support import factories
from tests.support.feeds.conversation import SignIn, World, read


class TestKeptParts:
    def test_are_made_of_values_alone(self, world: World, client: Client) -> None:
        """Instances of a model are equal where their ids are, whatever else they hold."""
        found: list[Any] = []
        rendered = rendering.rendered

        def note(template: str, value: Any = None) -> Any:
            found.append(value)
            return rendered(template, value)

        with mock.patch.object(cards, "rendered", note):
            read(client, "/", f"/posts/{world.post.pk}", f"/groups/{world.group.slug}")
        assert {Words, Acts, Why} <= set(map(type, found))
        for value in found:
            assert_is_plain(value)

    def test_hold_no_secret_and_nobody_who_looks(self, world: World, client: Client) -> None:
        parts: list[str] = []
        rendered = rendering.rendered

        def note(template: str, value: Any = None) -> Any:
            parts.append(rendered(template, value))
            return parts[-1]

        with mock.patch.object(cards, "rendered", note):
            page = client.get("/").content.decode()
        assert 'name="csrfmiddlewaretoken"' in page
        assert "Noor" in page
        for part in parts:
            assert "csrf" not in part
            assert "noor" not in part.lower()

    def test_are_found_again(self, world: World, client: Client, as_person: SignIn) -> None:
        """A second viewer of the same posts costs few parts of their own: those that tell of them."""
        rendering.forget()
        read(client, "/")
        first = rendering.kept().misses
        read(client, "/")
        assert rendering.kept().misses == first
        read(as_person(world.ben), "/")
        assert rendering.kept().misses - first <= 3

    def test_are_none_of_a_long_post(self, ada: Person, client: Client) -> None:
        post = factories.post(ada, " ".join(f"#{letter}" for letter in "abcdefghijklmnopqrstuvwxyz" * 60))
        read(client, "/people/ada")
        before = rendering.kept()
        first = read(client, "/people/ada")
        after = rendering.kept()
        assert first.count('class="hashtag"') == post.html.count('class="hashtag"') == 1560
        assert after.currsize == before.currsize
        assert after.misses - before.misses == 1, "the long one is rendered again"
        rendering.forget()
        assert read(client, "/people/ada") == first

    def test_are_none_of_a_long_value(self) -> None:
        """As that of a post whose hashtags its byline tells: its HTML is short."""
        rendering.forget()
        for html, size in (("Wet. ", 1), ("Wet. " * 9000, 1), ("🌊" * 8000, 1), ("🌊" * 100, 2)):
            rendering.rendered("posts/_cut.html", Excerpt(7, html=html))
            assert rendering.kept().currsize == size

    def test_hold_the_text_of_a_post_where_it_is_shown_alone(
        self, ada: Person, ben: Person, client: Client
    ) -> None:
        post = factories.post(ada, "The tide turns. " * 100)
        factories.comment(ada, post, "It does.")
        reshares.reshare(ben, post)
        found: list[Any] = []
        rendered = rendering.rendered

        def note(template: str, value: Any = None) -> Any:
            found.append(value)
            return rendered(template, value)

        with mock.patch.object(cards, "rendered", note):
            read(client, "/people/ada", "/people/ben")
        assert any(isinstance(value, Words) and value.parent for value in found)
        assert any(isinstance(value, Reshared) for value in found)
        for value in found:
            if isinstance(value, Words):
                value = dataclasses.replace(value, post=Excerpt(1))
            assert repr(value).count("The tide turns.") < 10

    def test_of_the_rail_take_no_place_of_a_card(self) -> None:
        rendering.forget()
        rendering.rendered("posts/_cut.html", Excerpt(7))
        before = rendering.kept()
        for number in range(rendering.MOST_OWN + 10):
            rendering.rendered("rail.html", Rail("home", Named("person", 1, "Ada", "ada"), number, 0))
        assert rendering.kept().currsize == before.currsize + rendering.MOST_OWN
        rendering.rendered("posts/_cut.html", Excerpt(7))
        assert rendering.kept().hits == before.hits + 1

    def test_are_bounded(self) -> None:
        rendering.forget()
        for number in range(1, rendering.MOST + 10):
            rendering.rendered("posts/_cut.html", Excerpt(number))
        assert rendering.kept().currsize == rendering.MOST
        rendering.forget()


def assert_is_plain(value: Any) -> None:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        assert type(value).__dataclass_params__.frozen  # type: ignore[attr-defined]
        for field in dataclasses.fields(value):
            assert_is_plain(getattr(value, field.name))
    elif isinstance(value, tuple):
        for part in value:
            assert_is_plain(part)
    else:
        assert value is None or isinstance(value, str | int | bool)


def test_twenty_cards_are_small(noor: Person, ada: Person, client: Client) -> None:
    """As long as those of the demo are, each with its reasons: the demo's words take 6 kB."""
    for name in ("rivers", "proof"):
        factories.follow(noor, factories.topic(name))
    factories.follow(noor, ada)
    for number in range(20):
        factories.post(ada, f"{number}. The tide turns at six, and I was late. #rivers #proof {'Wet. ' * 30}")
    page = client.get("/").content
    assert page.count(b"<article") == 20
    assert page.count(b'class="why"') == 20
    assert len(page) <= 60_000
    assert len(gzip.compress(page)) <= 9_000


def test_values_of_a_part_are_named_in_its_template() -> None:
    """A name that is misspelled would show nothing."""
    value = Why(7, (Reason("group", Named("group", 1, "Shore", "shore")),), "home")
    assert render_to_string("posts/_why.html", {"it": value}).count("/posts/7/why?feed=home") == 1
