"""Reshares, likes and bookmarks: each is done once, and each can be undone."""

from __future__ import annotations

import pytest

from network.actions import bookmarks, likes, reshares
from network.errors import NotVisible, Refused
from network.models import Activity, Bookmark, Group, Like, Post, Publication, Reshare
from tests.support import factories
from tests.support.factories import fresh

MARKS = [
    (likes.like, likes.unlike, Like, "Like"),
    (bookmarks.save, bookmarks.remove, Bookmark, "Add"),
    (reshares.reshare, reshares.undo, Reshare, "Announce"),
]
NAMES = ["like", "bookmark", "reshare"]


@pytest.mark.parametrize(("mark", "undo", "rows", "type"), MARKS, ids=NAMES)
def test_a_second_mark_does_nothing(ada, ben, mark, undo, rows, type):
    post = factories.post(ada)
    mark(ben, post)
    mark(ben, post)
    assert rows.objects.count() == 1
    assert Activity.objects.filter(type=type).count() == 1
    undo(ben, post)
    undo(ben, post)
    assert not rows.objects.exists()
    assert Activity.objects.filter(type__in=("Undo", "Remove")).count() == 1


@pytest.mark.parametrize(("mark", "undo", "rows", "type"), MARKS, ids=NAMES)
def test_an_unreadable_post_cannot_be_marked(ada, ben, mark, undo, rows, type):
    with pytest.raises(NotVisible):
        mark(ben, factories.post(ada, audience=Post.Audience.DIRECT))


@pytest.mark.parametrize(("mark", "undo", "column"), [(*MARKS[0][:2], "likes"), (*MARKS[2][:2], "reshares")])
def test_counters_change_with_the_marks(ada, ben, chi, mark, undo, column):
    post = factories.post(ada)
    mark(ben, post)
    mark(ben, post)
    mark(chi, post)
    assert getattr(fresh(post), f"{column}_count") == 2
    undo(ben, post)
    undo(ben, post)
    assert getattr(fresh(post), f"{column}_count") == 1


@pytest.mark.parametrize("undo", [likes.unlike, bookmarks.remove, reshares.undo], ids=NAMES)
def test_undoing_keeps_the_marks_of_others(ada, ben, chi, undo):
    post = factories.post(ada)
    likes.like(ben, post)
    bookmarks.save(ben, post)
    reshares.reshare(ben, post)
    undo(chi, post)
    assert Like.objects.count() == Bookmark.objects.count() == Reshare.objects.count() == 1
    assert (fresh(post).likes_count, fresh(post).reshares_count) == (1, 1)


def test_a_reshare_is_published_in_the_stream_of_the_resharer(ada, ben):
    post = factories.post(ada, "#tides")
    reshare = reshares.reshare(ben, post)
    published = Publication.objects.get(activity=reshare.pk)
    assert (published.stream_id, published.thread_id, published.kind) == (ben.pk, post.pk, "reshare")


def test_a_reshared_comment_belongs_to_its_thread(ada, ben):
    root = factories.post(ada)
    reshare = reshares.reshare(ben, factories.comment(ada, root))
    assert Publication.objects.get(activity=reshare.pk).thread_id == root.pk


def test_a_reshare_in_a_group_stays_in_the_group(ada, ben):
    group = factories.group(ada, Group.Kind.OPEN, ben)
    reshare = reshares.reshare(ben, factories.post(ada, group=group))
    assert [row.stream_id for row in Publication.objects.filter(activity=reshare.pk)] == [group.pk]


def test_only_members_reshare_a_post_of_a_group(ada, ben):
    post = factories.post(ada, group=factories.group(ada))
    with pytest.raises(Refused):
        reshares.reshare(ben, post)


def test_no_reshare_reaches_a_closed_group(ada, ben):
    from network.actions import groups

    group = factories.group(ada, Group.Kind.OPEN, ben)
    post = factories.post(ada, group=group)
    groups.close(ada, group)
    with pytest.raises(Refused):
        reshares.reshare(ben, post)


@pytest.mark.parametrize("audience", [Post.Audience.FOLLOWERS, Post.Audience.DIRECT])
def test_a_post_with_a_narrow_audience_cannot_be_reshared(ada, ben, audience):
    factories.follow(ben, ada)
    post = factories.post(ada, audience=audience, to=(ben,))
    with pytest.raises(Refused):
        reshares.reshare(ben, post)


def test_undoing_a_reshare_removes_it_from_all_streams(ada, ben):
    post = factories.post(ada)
    reshares.reshare(ben, post)
    reshares.undo(ben, post)
    assert set(Publication.objects.values_list("activity", flat=True)) == {post.pk}
