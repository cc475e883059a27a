"""How a thread is laid out: its headings, its replies, and the hashtags at the end of a text."""

from __future__ import annotations

import pytest
from django.test import Client

from network.models import Person
from network.queries.threads import DEEPEST
from tests.network.views.conftest import words
from tests.support import factories

pytestmark = pytest.mark.django_db


class TestHeadings:
    def test_the_heading_of_a_comment_has_its_author_and_its_beginning(
        self, client: Client, ada: Person
    ) -> None:
        post = factories.post(ada)
        factories.comment(ada, post, "The tide was late.")
        assert '<h3 class="vh">Ada: The tide was late.</h3>' in words(client.get(f"/posts/{post.pk}"))

    def test_the_number_of_comments_can_be_updated_live(self, client: Client, ada: Person) -> None:
        post = factories.post(ada)
        page = words(client.get(f"/posts/{post.pk}"))
        hooks = 'data-zero="No comments yet" data-one="{n} comment" data-other="{n} comments"'
        assert f'<h2 id="cs" data-count="{post.pk}:comments" {hooks}>' in page

    def test_the_logo_is_read_as_the_name_of_the_site(self, client: Client, db: None) -> None:
        page = words(client.get("/about"))
        brand = page[page.index('class="brand"') :].partition("</a>")[0]
        assert '<span aria-hidden="true">ith</span><span class="vh">Kith, home</span>' in brand


class TestReplies:
    def test_one_reply_has_no_fold_and_two_have_one(self, client: Client, ada: Person) -> None:
        post = factories.post(ada)
        comment = factories.comment(ada, post)
        factories.comment(ada, comment)
        assert "<summary>1 reply" not in words(client.get(f"/posts/{post.pk}"))
        factories.comment(ada, comment)
        assert "<summary>2 replies</summary>" in words(client.get(f"/posts/{post.pk}"))

    def test_only_replies_that_are_not_below_their_parent_name_the_answered_person(
        self, client: Client, ada: Person, ben: Person
    ) -> None:
        post = factories.post(ada)
        parent = post
        for _level in range(DEEPEST):
            parent = factories.comment(ben, parent)
        assert "replies to" not in words(client.get(f"/posts/{post.pk}"))
        factories.comment(ada, parent)
        assert words(client.get(f"/posts/{post.pk}")).count("replies to Ben") == 1

    def test_a_reply_whose_parent_is_on_the_previous_page_names_the_answered_person(
        self, client: Client, ada: Person, ben: Person
    ) -> None:
        post = factories.post(ada)
        comment = factories.comment(ben, post)
        reply = factories.comment(ada, comment)
        page = words(client.get(f"/posts/{post.pk}?after={reply.pk - 1}"))
        assert "replies to Ben" in page


class TestLastHashtags:
    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("Low water at six.\n\n#tides #piers", '<p dir="auto">Low water at six.</p>'),
            ("Low water at six.\n#tides", '<p dir="auto">Low water at six.</p>'),
        ],
    )
    def test_hashtags_in_the_byline_are_not_shown_twice(
        self, client: Client, ada: Person, text: str, shown: str
    ) -> None:
        page = words(client.get(f"/posts/{factories.post(ada, text).pk}"))
        assert f'<div class="prose">{shown} </div>' in page.replace("</p></div>", "</p> </div>").replace(
            ' lang="en"', ""
        ).replace('"prose" >', '"prose">')
        assert "<em>tides</em>" in page

    @pytest.mark.parametrize(
        "text",
        ["#tides", "About #tides today.", "Four.\n\n#a #b #c #tides", "Low.\n\n#tides and #piers"],
    )
    def test_other_hashtags_stay(self, client: Client, ada: Person, text: str) -> None:
        page = words(client.get(f"/posts/{factories.post(ada, text).pk}"))
        assert '<a class="hashtag" href="/topics/tides">#tides</a>' in page

    def test_hashtags_stay_in_a_group_because_its_byline_names_the_group(
        self, client: Client, ada: Person
    ) -> None:
        post = factories.post(ada, "Low.\n\n#tides", group=factories.group(ada))
        assert ">#tides</a>" in words(client.get(f"/posts/{post.pk}"))
