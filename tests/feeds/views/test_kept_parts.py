"""Parts of cards are rendered once. Whatever changes or differs is seen at the next read, by every viewer."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
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
from network.templatetags.posts import opening
from network.templatetags.previews import plain
from network.values import Acts, Excerpt
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
