"""Parts of cards are rendered once. Whatever changes or differs is seen at the next read, by every viewer."""

from __future__ import annotations

import dataclasses
import gzip
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.template.loader import render_to_string
from django.test import Client
from django.urls import set_script_prefix
from django.utils import timezone, translation
from django.utils.text import Truncator

from network import rendering
from network.actions import blocks, bookmarks, edits, groups, mutes, people, polls, posts, reshares, threads
from network.actions.drafts import Draft
from network.actions.groups import GroupDraft
from network.actions.people import Profile
from network.models import Group, Person, Post, Topic
from network.rendering import Acts, Excerpt, Named, Rail, Reason, Reshared, Why, Words
from network.templatetags import cards
from network.templatetags.posts import opening
from network.templatetags.previews import plain
from tests.support import factories
from tests.support.feeds.conversation import TEXT, SignIn, World, read, text

CHANGES: dict[str, tuple[Callable[[World], object], str, str]] = {
    "the author's name": (lambda w: people.describe(w.ada, Profile("Adalia")), ">Ada</a>", ">Adalia</a>"),
    "the author's handle": (lambda w: people.rename(w.ada, "adalia"), '/people/ada"', '/people/adalia"'),
    "the text": (
        lambda w: edits.edit(w.ada, w.post, Draft("It turns at seven. #rivers", title="Tides")),
        "The moon was late.",
        "It turns at seven.",
    ),
    "the title": (
        lambda w: edits.edit(w.ada, w.post, Draft(TEXT, title="Ebbs")),
        ">Tides</a>",
        ">Ebbs</a>",
    ),
    "the summary": (
        lambda w: edits.edit(w.ada, w.post, Draft(TEXT, title="Tides", summary="An ending")),
        "",
        "<summary>An ending</summary>",
    ),
    "that it was edited": (
        lambda w: edits.edit(w.ada, w.in_group, Draft("For the shore, now.")),
        "",
        ">edited</a>",
    ),
    "a topic of it": (
        lambda w: edits.edit(w.ada, w.post, Draft("The tide turns at six. #rivers #moon", title="Tides")),
        "",
        "<em>moon</em>",
    ),
    "a topic's title": (
        lambda w: Topic.objects.filter(pk=w.topic.pk).update(title="Streams"),
        "<em>rivers</em>",
        "<em>Streams</em>",
    ),
    "a group's name": (
        lambda w: groups.edit(w.ada, w.group, GroupDraft("Strand", Group.Kind.OPEN)),
        "<em>Shore</em>",
        "<em>Strand</em>",
    ),
    "a quoted post's text": (
        lambda w: edits.edit(w.dan, w.quoted, Draft("It comes twice in ten.", title="Floods")),
        "A hundred-year flood.",
        "It comes twice in ten.",
    ),
    "a quoted post that goes": (
        lambda w: posts.delete(w.dan, w.quoted),
        "A hundred-year flood.",
        "What was here is gone, or you cannot see it.",
    ),
    "a reshared post's author": (lambda w: people.describe(w.dan, Profile("Daniel")), ">Dan<", ">Daniel<"),
    "who reshared": (lambda w: people.describe(w.chi, Profile("Chiara")), "Chi reshared", "Chiara reshared"),
    "how many comments": (
        lambda w: factories.comment(w.dan, w.post, "So did I."),
        "",
        "1 comment,",
    ),
    "how many reshares": (
        lambda w: [reshares.reshare(by, w.post) for by in (w.chi, w.dan)],
        "",
        'data-count="reshares">2</span>',
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_changes_is_seen_by_who_has_seen_it_and_by_who_has_not(
    world: World, client: Client, as_person: SignIn, what: str
) -> None:
    change, before, after = CHANGES[what]
    other, pages = as_person(world.ben), ("/", f"/posts/{world.post.pk}", f"/groups/{world.group.slug}")
    first = read(client, *pages)
    assert before in first
    assert after not in first
    change(world)
    for browser in (client, other):
        kept = read(browser, *pages)
        assert after in kept
        assert not before or before not in kept
        rendering.forget()
        assert read(browser, *pages) == kept


def test_an_empty_memory_changes_nothing(world: World, client: Client, as_person: SignIn) -> None:
    pages = ("/", "/explore/posts", f"/posts/{world.post.pk}", "/people/ada", "/topics/rivers")
    for browser in (client, as_person(world.ben), Client()):
        kept = read(browser, *pages)
        rendering.forget()
        assert read(browser, *pages) == kept


class TestWhatIsTheViewers:
    def test_is_seen_by_them_alone(self, world: World, client: Client, as_person: SignIn) -> None:
        noor, other = Person.objects.get(handle="noor"), as_person(world.ben)
        before = read(other, "/")
        bookmarks.save(noor, world.post)
        reshares.reshare(noor, world.quoting)
        polls.vote(noor, world.poll, {1})
        mine = read(client, "/")
        assert mine.count("<span>Saved</span>") == 3  # twice in the rail, and on the card
        assert "<span>Reshared <span" in mine
        assert "Your pick" in mine
        theirs = read(other, "/")
        assert theirs.count("<span>Saved</span>") == before.count("<span>Saved</span>") == 2
        assert "<span>Reshared <span" not in theirs
        assert "Your pick" not in theirs
        assert 'type="radio"' in theirs
        bookmarks.remove(noor, world.post)
        assert read(client, "/").count("<span>Saved</span>") == 2

    def test_is_why_a_card_is_there(self, world: World, client: Client, as_person: SignIn) -> None:
        factories.follow(world.dan, world.topic)
        why = rf'<details class="why"><summary>([^<]*)</summary><a href="/posts/{world.post.pk}/why'
        [mine] = re.findall(why, read(client, "/"))
        [theirs] = re.findall(why, read(as_person(world.dan), "/"))
        assert mine != theirs
        assert "Ada" in mine
        assert "Ada" not in theirs

    def test_is_what_mutes_and_blocks_hide(self, world: World, client: Client, as_person: SignIn) -> None:
        noor, other = Person.objects.get(handle="noor"), as_person(world.ben)
        assert "A hundred-year flood." in read(client, "/")
        mutes.mute_person(noor, world.dan)
        muted = read(client, "/")
        assert "A hundred-year flood." not in muted
        assert "A post you muted" in muted
        assert "A hundred-year flood." in read(other, "/")
        blocks.block(world.dan, world.ben)
        assert "A hundred-year flood." not in read(other, "/")
        assert "A post you muted" not in read(other, "/")

    def test_is_who_may_comment(self, world: World, client: Client, as_person: SignIn) -> None:
        reply = f'href="/posts/{world.post.pk}#say"'
        assert reply in read(client, "/")
        threads.say_who_may_comment(world.ada, world.post, Post.Commenting.NOBODY)
        assert reply not in read(client, "/")
        assert reply in read(as_person(world.ada), "/people/ada")

    def test_is_a_hidden_comment(self, world: World, client: Client, as_person: SignIn) -> None:
        comment, page = factories.comment(world.ben, world.post, "Spam."), f"/posts/{world.post.pk}"
        assert "Spam." in read(client, page)
        threads.hide_comment(world.ada, comment)
        assert "Spam." not in read(client, page)
        for person in (world.ada, world.ben):
            assert '<span class="tag">Hidden</span>' in read(as_person(person), page)

    def test_is_a_hidden_group_that_they_left(self, world: World, as_person: SignIn) -> None:
        hidden = factories.group(world.ada, Group.Kind.HIDDEN, world.ben, name="Cellar")
        post = factories.post(world.ben, "In the dark.", group=hidden)
        author, page = as_person(world.ben), f"/posts/{post.pk}"
        assert "Cellar" in read(author, page)
        groups.close(world.ada, hidden)
        factories.Follow.objects.filter(follower=world.ben, stream=hidden.pk).delete()
        left = read(author, page)
        assert "Cellar" not in left
        assert "in a group that you are not in" in left
        assert "Cellar" in read(as_person(world.ada), page)

    def test_is_their_clock(self, world: World, client: Client, as_person: SignIn) -> None:
        assert re.search(r'title="[^"]* UTC"', read(client, "/"))
        people.set_reading(world.ben, scheme=Person.Scheme.DEVICE, letter_keys=False, zone="Asia/Tokyo")
        assert re.search(r'title="[^"]* JST"', read(as_person(world.ben), "/"))
        assert " JST" not in read(client, "/")


def test_time_passes(world: World, client: Client) -> None:
    assert ">now</time>" in read(client, "/")
    with time_machine.travel(timezone.now() + timedelta(minutes=12), tick=False):
        assert ">12 min</time>" in read(client, "/")
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        later = read(client, "/")
        assert ">12 min</time>" not in later
        assert "closed" in later, "the poll is over"


def test_a_language_has_parts_of_its_own() -> None:
    value = Acts(1, 1, "Ada", 1204, 0, True, True, False, False, 0)
    for language, number in (("en", "1,204"), ("de", "1.204"), ("en", "1,204")):
        with translation.override(language):
            assert number in rendering.rendered("posts/_acts.html", value)


def test_a_place_where_the_site_begins_has_parts_of_its_own() -> None:
    """A request may set it: where it is not in the key, one request moves the links of all others."""
    value = Excerpt(7, is_muted=True)
    try:
        for prefix, link in (
            ("/kith/", '"/kith/posts/7"'),
            ("/", '"/posts/7"'),
            ("/kith/", '"/kith/posts/7"'),
        ):
            set_script_prefix(prefix)
            assert link in rendering.rendered("posts/_absent.html", value)
    finally:
        set_script_prefix("/")


LONG = {
    "words": "<p>" + "The tide turns. " * 800 + "</p>",
    "hashtags": "<p>" + '<a class="hashtag" href="/topics/sea">#sea</a> ' * 800 + "</p>",
    "long links": "<p>" + f'<a href="/{"a" * 3000}">sea</a> &amp; ' * 90 + "</p>",
    "few words": "<p>Sea</p>" + "<hr>" * 3000,
    "a tag at the end": "<p>" + "Sea. " * 22 + " " * 3900 + "<b>s</b>ea " * 900 + "</p>",
}


@pytest.mark.parametrize("html", LONG.values(), ids=LONG)
@pytest.mark.parametrize("most", [60, 120])
def test_the_opening_of_a_long_text_is_that_of_all_of_it(html: str, most: int) -> None:
    assert opening(Excerpt(7, html=html), most) == Truncator(" ".join(plain(html).split())).chars(most)


def test_a_live_comment_is_the_comment_of_a_page_without_marks(world: World) -> None:
    from network.views.partials import neutral_comment

    live = neutral_comment(world.comment.pk)
    page = Client().get(f"/posts/{world.comment.thread_id}").content.decode()
    assert live is not None
    assert text(live) in text(page)


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
        for number in range(rendering.MOST_RAILS + 10):
            rendering.rendered("rail.html", Rail("home", Named("person", 1, "Ada", "ada"), number, 0))
        assert rendering.kept().currsize == before.currsize + rendering.MOST_RAILS
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
