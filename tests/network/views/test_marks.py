"""Marks: each is set with a plain button, undone at the same URL, and disclosed only to people who may know of it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from network.actions import blocks, bookmarks, follows, likes
from network.models import Bookmark, Group, Like, Person, Post, Reshare
from tests.network.views.conftest import words
from tests.support import factories

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/saved?before=9#p1"}


@pytest.mark.parametrize(("act", "rows"), [("like", Like), ("save", Bookmark), ("reshare", Reshare)])
def test_a_mark_is_set_once_and_undone_once(
    client: Client, noor: Person, ada: Person, act: str, rows: type
) -> None:
    post = factories.post(ada)
    for _ in range(2):
        response = client.post(f"/posts/{post.pk}/{act}", {"next": "/saved?before=7"})
        assert response.status_code == 303
        assert response["Location"] == "/saved?before=7"
        assert rows._default_manager.filter(person=noor, post=post).count() == 1
    for _ in range(2):
        client.post(f"/posts/{post.pk}/{act}", {"undo": "1"})
        assert not rows._default_manager.exists()


@pytest.mark.parametrize("act", ["like", "save", "reshare", "vote", "watch", "mute"])
def test_an_anonymous_visitor_signs_in_first(client: Client, ada: Person, act: str) -> None:
    post = factories.poll(ada)
    response = client.post(f"/posts/{post.pk}/{act}", {"next": f"/posts/{post.pk}"})
    assert response.status_code == 303
    assert response["Location"] == f"/accounts/login/?next=/posts/{post.pk}"
    assert client.get(f"/posts/{post.pk}/save").status_code == 405


def test_with_htmx_only_the_changed_partial_is_returned(client: Client, noor: Person, ada: Person) -> None:
    post = factories.post(ada)
    saved = words(client.post(f"/posts/{post.pk}/save", headers=HTMX))
    assert saved.startswith('<ul class="acts"')
    assert f'formaction="/posts/{post.pk}/save" name="undo" value="1"' in saved
    thanked = words(client.post(f"/posts/{post.pk}/like", headers=HTMX | {"HX-Target": f"menu{post.pk}"}))
    assert thanked.startswith(f'<form id="menu{post.pk}"')
    assert "Take thanks back" in thanked
    assert f'name="next" value="/saved?before=9#p{post.pk}"' in thanked


@pytest.mark.parametrize("act", ["save", "reshare"])
def test_a_page_of_an_earlier_release_is_loaded_again(
    client: Client, noor: Person, ada: Person, act: str
) -> None:
    """Its buttons replaced the form around them; the buttons of today would have no form there."""
    post = factories.post(ada)
    response = client.post(f"/posts/{post.pk}/{act}", headers=HTMX | {"HX-Target": f"acts{post.pk}"})
    assert response.status_code == 200
    assert response["HX-Refresh"] == "true"
    assert not response.content
    assert {"save": Bookmark, "reshare": Reshare}[act]._default_manager.filter(post=post).exists()


def test_without_htmx_the_form_returns_to_the_card(client: Client, noor: Person, ada: Person) -> None:
    post = factories.post(ada)
    comment = factories.comment(ada, post)
    page = words(client.get("/explore/posts?before=9"))
    assert page.count('<form id="send"') == 1
    assert 'name="next" value="/explore/posts?before=9#"' in page
    for card, place in ((post, "p"), (comment, "c")):
        response = client.post(f"/posts/{card.pk}/save", {"next": "/explore/posts?before=9#"})
        assert response["Location"] == f"/explore/posts?before=9#{place}{card.pk}"


def test_only_the_author_sees_the_likes(
    client: Client, noor: Person, ada: Person, ben: Person, as_person: Callable[..., Client]
) -> None:
    post = factories.post(ada)
    likes.like(ben, post)
    likes.like(noor, post)
    own = as_person(ada)
    assert "2 people thanked you" in words(own.get(f"/posts/{post.pk}/menu"))
    assert "Ben" in words(own.get(f"/posts/{post.pk}/thanks"))
    assert "thanked you" not in words(client.get(f"/posts/{post.pk}"))
    assert "thanked you" not in words(client.get(f"/posts/{post.pk}/menu"))
    assert client.get(f"/posts/{post.pk}/thanks").status_code == 404


def test_a_reshare_with_a_text_is_a_post_with_a_quote(client: Client, noor: Person, ada: Person) -> None:
    post = factories.post(ada, "A hundred-year flood.")
    page = words(client.get(f"/posts/{post.pk}/reshare"))
    assert "A hundred-year flood." in page
    response = client.post(f"/posts/{post.pk}/reshare", {"text": "Read this.", "place": "public", "key": "k"})
    mine = Post.objects.get(author=noor)
    assert (mine.quotes, mine.text) == (post, "Read this.")
    assert response["Location"] == f"/posts/{mine.pk}"
    shown = words(client.get(f"/posts/{mine.pk}"))
    assert "A hundred-year flood." in shown
    assert not Reshare.objects.exists()


def test_a_reshare_without_a_text_is_a_plain_reshare(client: Client, noor: Person, ada: Person) -> None:
    post = factories.post(ada)
    client.post(f"/posts/{post.pk}/reshare", {"text": "  ", "place": "public", "key": "k"})
    assert Reshare.objects.get().post == post


def test_a_post_with_a_narrow_audience_cannot_be_reshared(client: Client, noor: Person, ada: Person) -> None:
    factories.follow(noor, ada)
    post = factories.post(ada, audience=Post.Audience.FOLLOWERS)
    assert "Reshare" not in words(client.get(f"/posts/{post.pk}"))
    assert client.post(f"/posts/{post.pk}/reshare").status_code == 403
    response = client.post(f"/posts/{post.pk}/reshare", {"text": "Kept words", "place": "public"})
    assert response.status_code in (400, 403)
    assert not Post.objects.filter(author=noor).exists()


def test_a_quote_of_a_groups_post_stays_in_the_group(client: Client, noor: Person, ada: Person) -> None:
    group = factories.group(ada, Group.Kind.REQUEST, noor)
    post = factories.post(ada, group=group)
    assert "Anyone on the internet" not in words(client.get(f"/posts/{post.pk}/reshare"))
    refused = client.post(f"/posts/{post.pk}/reshare", {"text": "Out", "place": "public"})
    assert refused.status_code == 400
    client.post(f"/posts/{post.pk}/reshare", {"text": "Inside", "place": f"group:{group.pk}"})
    assert Post.objects.get(author=noor).group == group


def test_an_unreadable_quoted_post_is_not_shown(
    client: Client, noor: Person, ada: Person, ben: Person
) -> None:
    quoted = factories.post(ada, "Between us two.")
    post = factories.post(ben, "See.", quotes=quoted)
    blocks.block(ada, noor)
    page = words(client.get(f"/posts/{post.pk}"))
    assert "Between us two." not in page
    assert "What was here is gone, or you cannot see it." in page


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil", "/a\nb"],
)
def test_the_redirect_of_a_form_stays_on_the_site(
    client: Client, noor: Person, ada: Person, elsewhere: str
) -> None:
    post = factories.post(ada)
    response = client.post(f"/posts/{post.pk}/save", {"next": elsewhere})
    assert response["Location"] == f"/posts/{post.pk}"


def test_saved_posts_are_listed_newest_first_while_they_are_readable(
    client: Client, noor: Person, ada: Person, ben: Person, as_person: Callable[..., Client]
) -> None:
    factories.follow(noor, ben)
    first, second, secret = (
        factories.post(ada, "First."),
        factories.post(ada, "Second."),
        factories.post(ben, "Ours.", audience="followers"),
    )
    for post in (first, second, secret):
        bookmarks.save(noor, post)
    page = words(client.get("/saved"))
    assert page.index("Ours.") < page.index("Second.") < page.index("First.")
    follows.unfollow(noor, ben.stream)
    assert "Ours." not in words(client.get("/saved"))
    assert "Second." not in words(as_person(ada).get("/saved"))


def test_saved_posts_are_paged_by_cursor(client: Client, noor: Person, ada: Person) -> None:
    for n in range(21):
        bookmarks.save(noor, factories.post(ada, f"Number {n}."))
    page = words(client.get("/saved"))
    assert "Number 0." not in page
    older = page.partition('href="?before=')[2].partition('"')[0]
    assert "Number 0." in words(client.get(f"/saved?before={older}"))


def test_messages_are_ones_own_threads_ordered_by_last_activity(
    client: Client, noor: Person, ada: Person, ben: Person
) -> None:
    old = factories.post(ada, "About the torch.", audience="direct", to=(noor,))
    factories.post(noor, "About Saturday.", audience="direct", to=(ada, ben))
    factories.post(ada, "Not for Noor.", audience="direct", to=(ben,))
    page = words(client.get("/messages"))
    assert page.index("About Saturday.") < page.index("About the torch.")
    assert "Not for Noor." not in page
    assert "Ada and Ben" in page
    assert page.count("1 new") == 1
    factories.comment(ada, old, "And a rope.")
    page = words(client.get("/messages"))
    assert page.index("About the torch.") < page.index("About Saturday.")
    assert "2 new" in page
    client.get(f"/posts/{old.pk}")
    assert " new</span>" not in words(client.get("/messages"))


@pytest.mark.parametrize("address", ["/saved", "/messages"])
def test_the_number_of_queries_of_lists_is_the_same_for_one_row_and_twenty(
    client: Client, noor: Person, ada: Person, ben: Person, django_assert_num_queries, address: str
) -> None:
    def add() -> None:
        quoted = factories.post(ben, "#tides")
        bookmarks.save(noor, factories.post(ada, "#tides", quotes=quoted))
        factories.post(ada, audience="direct", to=(noor, ben))

    add()
    with django_assert_num_queries({"/saved": 7, "/messages": 9}[address]) as first:
        client.get(address)
    for _ in range(19):
        add()
    with django_assert_num_queries(len(first)):
        client.get(address)


def test_no_form_is_inside_another(client: Client, noor: Person, ada: Person) -> None:
    """An inner form would end the outer one: a vote on the page of a reshare was once sent as a reshare."""
    poll = factories.poll(ada)
    quote = factories.post(ada, quotes=poll)
    own = factories.post(noor, quotes=poll)
    factories.follow(noor, ada)
    paths = ("", "/reshare", "/history")
    pages = [f"/posts/{post.pk}{path}" for post in (poll, quote) for path in paths]
    for page in (
        "/",
        *pages,
        f"/posts/new?parent={quote.pk}",
        f"/posts/{own.pk}/edit",
        f"/posts/{own.pk}/delete",
    ):
        parts = re.findall(r"<form|</form", client.get(page).content.decode())
        assert parts == ["<form", "</form"] * (len(parts) // 2), page
