"""Posts as pages show them: their marks, parents, quotes and polls, for each viewer, and the number of queries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from network.actions import blocks, bookmarks, edits, likes, mutes, polls, posts, reshares, watches
from network.actions.drafts import Draft, PollDraft
from network.models import Group, Person, Post
from network.queries.showing import Marks, Muted, cards, neutral, show, show_not_muted
from network.views.partials import neutral_comment
from tests.support import factories


def marks(viewer: Person, post: Post) -> Marks:
    found = show(viewer, [post.pk])[post.pk].marks
    assert found is not None
    return found


def test_only_readable_posts_are_shown(ada: Person, ben: Person) -> None:
    shown, hidden = factories.post(ada), factories.post(ada, audience=Post.Audience.DIRECT)
    assert set(show(ben, [shown.pk, hidden.pk, 1])) == {shown.pk}
    assert set(show(None, [shown.pk, hidden.pk])) == {shown.pk}
    assert set(show(ada, [shown.pk, hidden.pk])) == {shown.pk, hidden.pk}


def test_cards_have_the_order_of_the_ids(ada: Person) -> None:
    first, second, gone = factories.post(ada), factories.post(ada), factories.post(ada)
    posts.delete(ada, gone)
    found = cards(ada, [second.pk, gone.pk, first.pk])
    assert [card.shown.post for card in found] == [second, first]


def test_marks_are_the_viewers_own(ada: Person, ben: Person, chi: Person) -> None:
    post = factories.post(ada)
    likes.like(ben, post)
    bookmarks.save(ben, post)
    reshares.reshare(ben, post)
    watches.watch_thread(ben, post)
    mutes.mute_thread(ben, post)
    bens, chis = marks(ben, post), marks(chi, post)
    assert (bens.thanked, bens.saved, bens.reshared, bens.watched, bens.muted, bens.own) == (True,) * 5 + (
        False,
    )
    assert (chis.thanked, chis.saved, chis.reshared, chis.watched, chis.muted, chis.own) == (False,) * 6
    assert marks(ada, post).own
    assert show(None, [post.pk])[post.pk].marks is None


@pytest.mark.parametrize("commenting", Post.Commenting.values)
def test_who_may_comment(ada: Person, ben: Person, chi: Person, dan: Person, commenting: str) -> None:
    factories.follow(ada, ben)
    factories.follow(dan, ada)
    post = factories.post(ada, "Ask @chi.", commenting=commenting)
    allowed = {"everyone": {ada, ben, chi, dan}, "followed": {ada, ben}, "named": {ada, chi}, "nobody": {ada}}
    assert {one for one in (ada, ben, chi, dan) if marks(one, post).may_comment} == allowed[commenting]


def test_members_of_a_group_comment_and_reshare(ada: Person, ben: Person, chi: Person) -> None:
    group = factories.group(ada, Group.Kind.OPEN, ben)
    post = factories.post(ada, group=group)
    assert (marks(ben, post).may_comment, marks(ben, post).may_reshare) == (True, True)
    assert (marks(chi, post).may_comment, marks(chi, post).may_reshare) == (False, False)


def test_a_post_with_a_narrow_audience_cannot_be_reshared(ada: Person) -> None:
    post = factories.post(ada, audience=Post.Audience.FOLLOWERS)
    assert not marks(ada, post).may_reshare
    assert marks(ada, factories.post(ada, audience=Post.Audience.UNLISTED)).may_reshare


def test_only_the_author_of_a_thread_hides_its_comments(ada: Person, ben: Person) -> None:
    root = factories.post(ada)
    comment = factories.comment(ben, root)
    assert marks(ada, comment).may_hide
    assert not marks(ben, comment).may_hide
    assert not marks(ada, root).may_hide


def test_parents_and_quoted_posts_are_shown_to_people_who_may_read_them(
    ada: Person, ben: Person, chi: Person
) -> None:
    quoted = factories.poll(ada, text="About #tides")
    root = factories.post(ben, quotes=quoted)
    comment = factories.comment(ben, root)
    found = show(chi, [root.pk, comment.pk])
    whole = found[root.pk].quoted
    assert whole is not None
    assert whole.post == quoted
    assert [topic.name for topic in whole.topics] == ["tides"]
    assert whole.poll is not None
    assert found[comment.pk].parent == root
    blocks.block(ada, chi)
    assert show(chi, [root.pk])[root.pk].quoted is None
    posts.delete(ben, root)
    assert show(chi, [comment.pk])[comment.pk].parent is None


def test_results_of_a_poll_are_shown_to_voters_and_the_author(ada: Person, ben: Person, chi: Person) -> None:
    post = factories.poll(ada, "Tea", "Coffee", "Mate", multiple=True)
    polls.vote(ben, post, [0, 2])
    polls.vote(chi, post, [2])

    def poll(viewer: Person | None):
        return show(viewer, [post.pk])[post.pk].poll

    assert [option.percent for option in poll(ben).options] == [50, 0, 100]
    assert [option.chosen for option in poll(ben).options] == [True, False, True]
    assert poll(ben).is_counted
    assert poll(ada).is_counted
    assert not poll(factories.person()).is_counted
    assert not poll(None).is_counted


@pytest.mark.parametrize("signed_in", [True, False])
def test_fifty_posts_need_as_many_queries_as_one(
    ada: Person, ben: Person, django_assert_num_queries, signed_in: bool
) -> None:
    viewer = ben if signed_in else None
    ids = []
    for n in range(17):
        poll = factories.poll(ada, text=f"#topic{n}")
        quoting = factories.post(ada, quotes=poll)
        ids += [poll.pk, quoting.pk, factories.comment(factories.person(), quoting).pk]
    with django_assert_num_queries(3):
        assert len(show(viewer, ids[1:2])) == 1
    with django_assert_num_queries(3):
        assert len(show(viewer, ids)) == 51


def test_a_frame_is_the_same_for_all_viewers_and_discloses_nothing_of_others(
    ada: Person, ben: Person
) -> None:
    secret = factories.post(ada, "Between us.", audience=Post.Audience.FOLLOWERS)
    comment = factories.comment(ada, secret, "What I think.")
    html = neutral_comment(comment.pk)
    assert html is not None
    assert "What I think." in html
    assert "Between us." not in html
    assert "csrfmiddlewaretoken" not in html
    assert f'data-post="{comment.pk}"' in html
    assert f'<a href="/posts/{comment.pk}/menu">' in html
    posts.delete(ada, comment)
    assert neutral(comment.pk) is None
    assert neutral_comment(comment.pk) is None


def test_two_posts_are_shown_inside_one(ada: Person, ben: Person, chi: Person, dan: Person) -> None:
    first = factories.post(ada, "About #tides", title="First")
    second = factories.post(ben, quotes=first)
    third = factories.post(chi, quotes=second)
    fourth = factories.post(dan, quotes=third)
    found = show(None, [fourth.pk])[fourth.pk]
    assert found.quoted == replace(show(None, [third.pk])[third.pk], quoted=found.quoted.quoted)
    assert found.quoted.quoted.post == second
    assert found.quoted.quoted.is_cut
    assert found.quoted.quoted.quoted is None
    whole = show(None, [third.pk])[third.pk]
    assert whole.quoted.quoted.post == first
    assert not whole.quoted.quoted.is_cut
    assert [topic.name for topic in whole.quoted.quoted.topics] == ["tides"]


def test_each_inner_post_is_shown_to_people_who_may_read_it(ada: Person, ben: Person, chi: Person) -> None:
    first = factories.post(ada)
    second = factories.post(ben, quotes=first)
    third = factories.post(chi, quotes=second)
    dan = factories.person()
    blocks.block(ada, dan)
    found = show(dan, [third.pk])[third.pk]
    assert found.quoted.post == second
    assert found.quoted.quoted is None
    assert not found.quoted.is_cut
    blocks.block(ben, dan)
    assert show(dan, [third.pk])[third.pk].quoted is None


class TestMutedPosts:
    """`show_not_muted` is for feeds and lists; `show` is for pages that are opened by their URL."""

    @pytest.fixture
    def third(self, ada: Person, ben: Person, chi: Person) -> Post:
        """Chi quotes the post of Ben, which quotes the post of Ada."""
        first = factories.post(ada, "Such nonsense about #tides.")
        return factories.post(chi, "See this.", quotes=factories.post(ben, "Look.", quotes=first))

    @pytest.fixture
    def mutings(self, third: Post) -> dict[str, Callable[[Person], object]]:
        second = third.quotes
        assert second is not None
        first = second.quotes
        assert first is not None
        return {
            "word": lambda who: mutes.mute_word(who, "nonsense"),
            "person": lambda who: mutes.mute_person(who, first.author),
            "topic": lambda who: mutes.mute_topic(who, factories.topic("tides")),
            "thread": lambda who: mutes.mute_thread(who, first),
        }

    def test_a_muted_word_is_found_in_the_options_of_a_poll(self, ada: Person, dan: Person) -> None:
        post = factories.poll(ada, "Salt water", "Nonsense!")
        mutes.mute_word(dan, "nonsense")
        assert show_not_muted(dan, [post.pk]) == {}
        edits.edit(ada, post, Draft("Which?"))
        assert show_not_muted(dan, [post.pk]) == {}
        edits.edit(ada, post, Draft("Which?", poll=PollDraft(("Salt water", "Sand"))))
        assert list(show_not_muted(dan, [post.pk])) == [post.pk]

    @pytest.mark.parametrize("what", ["word", "person", "topic", "thread"])
    def test_a_muted_post_is_not_on_a_card(
        self, dan: Person, third: Post, mutings: dict[str, Callable[[Person], object]], what: str
    ) -> None:
        second = third.quotes
        mutings[what](dan)
        first = Muted(second.quotes_id)
        assert show_not_muted(dan, [third.pk])[third.pk].quoted.quoted == first
        assert show_not_muted(dan, [second.pk])[second.pk].quoted == first
        assert show_not_muted(dan, [first.id]) == {}
        comment = factories.comment(dan, second.quotes)
        found = show_not_muted(dan, [comment.pk]).get(comment.pk)
        assert found is None or found.parent == first

    def test_the_quotes_of_a_muted_post_are_not_shown(self, ben: Person, dan: Person, third: Post) -> None:
        mutes.mute_person(dan, ben)
        assert show_not_muted(dan, [third.pk])[third.pk].quoted == Muted(third.quotes_id)

    def test_a_muted_post_is_shown_at_its_url(
        self, dan: Person, third: Post, mutings: dict[str, Callable[[Person], object]]
    ) -> None:
        for mute in mutings.values():
            mute(dan)
        assert show(dan, [third.pk])[third.pk].quoted.quoted.post == third.quotes.quotes

    def test_a_muted_post_is_shown_to_others_and_after_the_mute_ends(
        self, ada: Person, dan: Person, third: Post
    ) -> None:
        mutes.mute_word(dan, "nonsense", until=timedelta(hours=1))
        assert show_not_muted(None, [third.pk]) == show(None, [third.pk])
        assert show_not_muted(ada, [third.pk])[third.pk].quoted.quoted.post == third.quotes.quotes
        with time_machine.travel(timezone.now() + timedelta(hours=2)):
            assert show_not_muted(dan, [third.pk])[third.pk].quoted.quoted.post == third.quotes.quotes

    def test_mutes_need_no_more_queries(self, dan: Person, third: Post, django_assert_num_queries) -> None:
        mutes.mute_word(dan, "nonsense")
        with django_assert_num_queries(2):
            show_not_muted(dan, [third.pk])
