"""Deleting posts and comments."""

from __future__ import annotations

import pytest

from network.actions import bookmarks, likes, posts, reshares
from network.errors import NotVisible
from network.models import (
    Activity,
    Bookmark,
    Group,
    Like,
    Mention,
    Poll,
    Publication,
    Reshare,
    Revision,
)
from network.queries.posts import readable_by
from tests.support import factories
from tests.support.factories import fresh


class TestDelete:
    def test_deleting_removes_the_text_from_the_database(self, ada):
        post = factories.post(ada, "A secret", title="Secret", summary="Secret", key="k")
        posts.delete(ada, post)
        row = fresh(post)
        assert row.deleted_at is not None
        assert not any((row.text, row.html, row.title, row.summary, row.words.strip(), row.likes_count))

    def test_deleting_removes_the_marks_and_revisions_of_the_post(self, ada, ben):
        post = factories.poll(ada, text="@ben")
        Revision.objects.create(post=post, written_at=post.published_at)
        likes.like(ben, post)
        bookmarks.save(ben, post)
        reshares.reshare(ben, post)
        posts.delete(ada, post)
        for rows in (Like, Bookmark, Mention, Revision, Poll, Reshare, Publication):
            assert not rows.objects.exists(), rows

    def test_deleting_keeps_the_answers_of_others(self, ada, ben):
        root = factories.post(ada, "#tides")
        comment = factories.comment(ben, root)
        posts.delete(ada, root)
        assert readable_by(None).get() == comment
        assert fresh(root).comments_count == 1
        streams = Publication.objects.filter(activity=comment.pk).values_list("stream", flat=True)
        assert set(streams) == {ben.pk, factories.topic("tides").pk}

    def test_deleting_a_comment_updates_the_counters_and_the_newest_id(self, ada, ben):
        root = factories.post(ada)
        first = factories.comment(ben, root)
        second = factories.comment(ben, first)
        posts.delete(ben, second)
        assert (fresh(root).comments_count, fresh(root).newest_id) == (1, first.pk)
        assert fresh(first).comments_count == 0

    def test_deleting_a_hidden_comment_decrements_the_counters_once(self, ada, ben):
        from network.actions import threads

        root = factories.post(ada)
        comment = factories.comment(ben, root)
        threads.hide_comment(ada, comment)
        posts.delete(ben, comment)
        assert fresh(root).comments_count == 0

    def test_deleting_twice_does_nothing_more(self, ada, ben):
        root = factories.post(ada)
        factories.comment(ben, root)
        comment = factories.comment(ada, root)
        posts.delete(ada, comment)
        posts.delete(ada, comment)
        assert fresh(root).comments_count == 1
        assert Activity.objects.filter(type="Delete").count() == 1

    def test_only_the_author_deletes(self, ada, ben):
        with pytest.raises(NotVisible):
            posts.delete(ben, factories.post(ada))

    def test_authors_may_delete_after_leaving_the_group(self, ada, ben):
        from network.actions import memberships

        group = factories.group(ada, Group.Kind.HIDDEN, ben)
        mine = factories.post(ben, group=group)
        memberships.leave(ben, group)
        assert readable_by(ben).get() == mine
        posts.delete(ben, mine)
        assert fresh(mine).deleted_at is not None
