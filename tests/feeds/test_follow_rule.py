"""The rule of follows: which comments a follow lets in. Fan-out, rebuilds, reasons and digests agree."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from bench.support.oracle import Oracle
from feeds.feed import Feed
from feeds.mail import digests
from feeds.operations import checking
from feeds.reading import home
from feeds.reading.reasons import reasons
from feeds.timelines import fanout, merge, store
from network import ids
from network.actions import follows, lists, posts, threads, topics
from network.models import Activity, Follow, Group, Person, Post
from tests.support import factories
from tests.support.feeds.delivering import deliver_all

Comments, Place = Follow.Comments, Follow.Place


def shown(person: Person) -> list[int]:
    """The entries of a home after all deliveries."""
    deliver_all()
    return [entry.id for entry in home.slots(factories.fresh(person)).entries]


def rebuilt(person: Person) -> list[int]:
    """The entries of a home after its timeline was lost."""
    store.forget([person.pk])
    return shown(person)


@pytest.fixture
def root(ada: Person, ben: Person, chi: Person) -> Post:
    """A post by Chi. Ben follows Ada alone, and not Chi."""
    factories.follow(ben, ada)
    shown(ben)
    return factories.post(chi, "About #tides")


def test_people_and_topics_begin_with_some_comments_and_groups_with_all(
    ada: Person, ben: Person, chi: Person
):
    factories.follow(ben, ada)
    topics.follow(ben, "tides")
    assert {follow.comments for follow in ben.follows.all()} == {"some"}
    opened, asked = factories.group(chi), factories.group(chi, Group.Kind.REQUEST)
    for group in (opened, asked):
        factories.join(ben, group)
        assert ben.follows.get(stream=group.pk).comments == "all"
        assert chi.follows.get(stream=group.pk).comments == "all"


def test_an_answer_to_a_stranger_is_left_out(ada: Person, ben: Person, root: Post):
    factories.comment(ada, root)
    assert shown(ben) == rebuilt(ben) == []


def test_an_answer_is_let_in_where_both_sides_are_followed(ada: Person, ben: Person, chi: Person, root: Post):
    factories.follow(ben, chi)
    answer = factories.comment(ada, root)
    assert shown(ben) == rebuilt(ben) == [answer.pk]
    follows.deliver(ben, chi.stream, place=Place.DIGEST)
    assert shown(ben) == rebuilt(ben) == [answer.pk], "the place of the other follow does not matter"
    follows.unfollow(ben, chi.stream)
    assert shown(ben) == []


def test_a_requested_follow_of_a_side_does_not_count(ada: Person, ben: Person):
    eve = factories.person("eve", approves=True)
    factories.follow(ben, ada)
    factories.follow(ada, eve)
    answer = factories.comment(ada, factories.post(eve))
    follows.follow(ben, eve.stream)
    assert shown(ben) == []
    follows.accept(eve, ben)
    assert shown(ben) == [answer.pk]


def test_the_side_is_the_author_who_is_answered_not_of_the_thread(
    ada: Person, ben: Person, chi: Person, root: Post
):
    own = factories.comment(ada, root)
    to_oneself = factories.comment(ada, own)
    assert shown(ben) == rebuilt(ben) == [to_oneself.pk]
    factories.comment(chi, to_oneself)
    factories.follow(ben, factories.topic("tides"))
    assert shown(ben) == [to_oneself.pk], "Chi answers Ada, and only Ada is followed"


def test_comments_after_ones_own_first_one_are_let_in(ada: Person, ben: Person, dan: Person, root: Post):
    factories.comment(ada, root, "Before.")
    mine = factories.comment(ben, root)
    after = factories.comment(ada, factories.comment(dan, root), "After.")
    assert shown(ben) == rebuilt(ben) == [after.pk]
    posts.delete(ada, after)
    assert shown(ben) == rebuilt(ben) == [mine.pk], "what came before stays out"
    posts.delete(ben, mine)
    assert shown(ben) == []


def test_deleted_and_hidden_comments_count_as_taking_part(ada: Person, ben: Person, chi: Person, root: Post):
    mine, other = factories.comment(ben, root), factories.comment(ben, root)
    after = factories.comment(ada, root)
    posts.delete(ben, mine)
    threads.hide_comment(chi, other)
    assert shown(ben) == rebuilt(ben) == [after.pk]


def test_the_author_of_a_thread_takes_part_from_the_beginning(ada: Person, ben: Person):
    factories.follow(ben, ada)
    mine = factories.post(ben)
    answer = factories.comment(ada, mine)
    assert shown(ben) == rebuilt(ben) == [answer.pk]


def test_ones_own_comment_does_not_change_the_generation(ada: Person, ben: Person, root: Post):
    factories.comment(ada, root)
    generation = factories.fresh(ben).generation
    mine = factories.comment(ben, root)
    assert factories.fresh(ben).generation == generation
    assert shown(ben) == rebuilt(ben) == [mine.pk]


@pytest.mark.parametrize(("comments", "comes"), [("all", True), ("none", False)])
def test_all_and_none_have_no_further_conditions(
    ada: Person, ben: Person, chi: Person, root: Post, comments: str, comes: bool
):
    follows.deliver(ben, ada.stream, place=Place.HOME, comments=Comments(comments))
    stranger = factories.comment(ada, root)
    assert shown(ben) == rebuilt(ben) == [stranger.pk] * comes
    factories.follow(ben, chi)
    friend = factories.comment(ada, root)
    assert shown(ben) == rebuilt(ben) == [friend.pk if comes else root.pk]


def test_a_list_and_a_part_of_home_have_the_same_rule(ada: Person, ben: Person, dan: Person, root: Post):
    friends = lists.create(ben, "Friends")
    follows.deliver(ben, ada.stream, place=friends)
    topics.follow(ben, "tides")
    factories.comment(dan, root)
    factories.comment(ada, root)
    feeds = [Feed(factories.fresh(ben), friends.pk), Feed(factories.fresh(ben), kind="topic")]

    def entries() -> list[list[int]]:
        deliver_all()
        return [[entry.id for entry in home.slots_of(feed).entries] for feed in feeds]

    assert entries() == [[], [root.pk]]
    factories.comment(ben, root)
    after = factories.comment(ada, root)
    assert entries() == [[after.pk], [after.pk]]
    assert checking.check(ben.pk) == []


def test_only_entries_that_came_give_reasons(ada: Person, ben: Person, dan: Person, root: Post):
    factories.follow(ben, dan)
    topics.follow(ben, "tides")
    factories.comment(dan, root)

    def why() -> set[str]:
        found = reasons(Feed(factories.fresh(ben)), [root.pk], ids.MAX)
        return {str(reason.what) for reason in found.get(root.pk, ())}

    assert why() == {"tides"}, "the post itself came by its topic, and what Dan said not at all"
    factories.comment(ben, root)
    factories.comment(dan, root)
    assert why() == {"tides", "Dan"}


def test_a_digest_has_the_same_rule(ada: Person, ben: Person, root: Post):
    follows.deliver(ben, ada.stream, place=Place.DIGEST)
    factories.comment(ada, root)
    assert digests.read(ben, 0).parts == []
    factories.comment(ben, root)
    factories.comment(ada, root)
    [part] = digests.read(ben, 0).parts
    assert [thread.shown.post for thread in part.threads] == [root]


def test_the_oracle_of_the_benches_has_the_same_rule(
    ada: Person, ben: Person, chi: Person, dan: Person, root: Post
):
    factories.follow(ben, dan)
    factories.comment(ada, root)
    factories.comment(ada, factories.comment(dan, factories.post(dan)))
    factories.comment(ben, factories.post(chi))
    factories.comment(dan, Post.objects.filter(author=chi).latest("pk"))
    factories.comment(dan, root)
    expected = Oracle().load().home(ben.pk)
    deliver_all()
    found = home.slots(factories.fresh(ben)).entries
    assert [(entry.thread, entry.id) for entry in found] == expected
    assert len(expected) == 2


def test_comments_that_are_not_let_in_are_not_pushed(ada: Person, ben: Person, chi: Person, root: Post):
    """A timeline has room for 880 candidates. Full of others it would send each page to the database."""
    factories.follow(chi, ada)
    shown(chi)
    for _ in range(3):
        factories.comment(ada, root)
    shown(ben), shown(chi)
    stored = {person: store.read(person.pk, factories.fresh(person).generation) for person in (ben, chi)}
    assert len(stored[ben].ids) == 0
    assert len(stored[chi].ids) == 3
    assert merge.followed(Feed(ben), 10) == []


def at(seconds_ago: int, write: Callable[..., Post], *args: object) -> Post:
    """Write something with an id of some seconds ago, as a slow transaction does."""
    newest, ids._ids._last = ids._ids._last, 0
    with ids.at_moment(timezone.now() - timedelta(seconds=seconds_ago)):
        written = write(*args)
    ids._ids._last = max(newest, written.pk)
    return written


def test_a_comment_that_is_committed_late_gets_later_ones(ada: Person, ben: Person, chi: Person, root: Post):
    """One with a greater id was pushed before, when Ben did not take part yet."""
    earlier = at(5, factories.post, chi)
    after = at(1, factories.comment, ada, earlier)
    shown(ben)
    mine = at(3, factories.comment, ben, earlier)
    assert checking.check(ben.pk) == [], "its delivery is pending"
    assert shown(ben) == rebuilt(ben) == [after.pk]
    assert mine.pk < after.pk


def test_a_comment_costs_its_delivery_one_query_more(ada: Person, root: Post, django_assert_num_queries):
    comment = factories.comment(ada, root)
    activity = Activity.objects.select_related("post", "actor").get(pk=comment.pk)
    with django_assert_num_queries(4):
        fanout.deliver(activity, 0)
