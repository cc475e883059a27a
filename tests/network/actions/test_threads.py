"""What the author of a thread decides: hiding comments, and who may comment."""

from __future__ import annotations

import pytest

from network.actions import mutes, posts, threads
from network.errors import NotVisible, Refused
from network.models import Activity, Group, Post, Reading
from network.queries.posts import readable_by
from tests.support import factories
from tests.support.factories import fresh

EVERYONE, FOLLOWED, NAMED, NOBODY = Post.Commenting


class TestHiding:
    @pytest.fixture
    def root(self, ada):
        return factories.post(ada)

    @pytest.fixture
    def comment(self, root, ben):
        return factories.comment(ben, root)

    def test_a_hidden_comment_is_readable_by_its_author_and_the_threads_author_only(
        self, ada, ben, chi, root, comment
    ):
        threads.hide_comment(ada, comment)
        assert comment in readable_by(ada)
        assert comment in readable_by(ben)
        assert comment not in readable_by(chi)
        assert comment not in readable_by(None)

    def test_hiding_and_showing_update_the_counters_once(self, ada, ben, root, comment):
        answer = factories.comment(ben, comment)
        threads.hide_comment(ada, answer)
        threads.hide_comment(ada, answer)
        assert (fresh(root).comments_count, fresh(comment).comments_count) == (1, 0)
        assert fresh(root).newest_id == comment.pk
        threads.show_comment(ada, answer)
        threads.show_comment(ada, answer)
        assert (fresh(root).comments_count, fresh(comment).comments_count) == (2, 1)
        assert fresh(root).newest_id == answer.pk
        assert Activity.objects.filter(type="Flag").count() == 2

    def test_only_the_author_of_the_thread_hides_comments(self, ada, ben, chi, root, comment):
        for somebody in (ben, chi):
            with pytest.raises(NotVisible):
                threads.hide_comment(somebody, comment)
            with pytest.raises(NotVisible):
                threads.show_comment(somebody, comment)

    def test_only_comments_can_be_hidden(self, ada, root):
        with pytest.raises(NotVisible):
            threads.hide_comment(ada, root)

    def test_a_deleted_comment_cannot_be_hidden(self, ada, ben, comment):
        posts.delete(ben, comment)
        with pytest.raises(NotVisible):
            threads.hide_comment(ada, comment)

    def test_moderators_hide_comments_in_a_group(self, ada, ben, chi):
        group = factories.group(chi, Group.Kind.OPEN, ada, ben)
        comment = factories.comment(ben, factories.post(ada, group=group))
        threads.hide_comment(ada, comment)
        assert comment in readable_by(chi)


class TestWhoMayComment:
    def test_everyone_who_may_read(self, ada, ben):
        assert factories.comment(ben, factories.post(ada, commenting=EVERYONE))

    def test_people_whom_the_author_follows(self, ada, ben, chi):
        factories.follow(ada, ben)
        factories.follow(chi, ada)
        root = factories.post(ada, commenting=FOLLOWED)
        assert factories.comment(ben, root)
        with pytest.raises(Refused):
            factories.comment(chi, root)

    def test_a_request_to_follow_is_not_enough(self, ada):
        from network.actions import follows

        shy = factories.person("shy", approves=True)
        follows.follow(ada, shy.stream)
        with pytest.raises(Refused):
            factories.comment(shy, factories.post(ada, commenting=FOLLOWED))

    def test_people_mentioned_in_the_root(self, ada, ben, chi):
        root = factories.post(ada, "@ben", commenting=NAMED)
        assert factories.comment(ben, root)
        with pytest.raises(Refused):
            factories.comment(chi, root)

    def test_addressees_of_a_direct_post_count_as_mentioned(self, ada, ben):
        root = factories.post(ada, audience=Post.Audience.DIRECT, to=(ben,), commenting=NAMED)
        assert factories.comment(ben, root)

    def test_people_mentioned_in_comments_do_not_count(self, ada, ben, chi):
        root = factories.post(ada, "@ben", commenting=NAMED)
        factories.comment(ben, root, "@chi")
        with pytest.raises(Refused):
            factories.comment(chi, root)

    @pytest.mark.parametrize("commenting", list(Post.Commenting))
    def test_the_author_always(self, ada, commenting):
        assert factories.comment(ada, factories.post(ada, commenting=commenting))

    def test_nobody_else_where_commenting_is_closed(self, ada, ben):
        root = factories.post(ada)
        first = factories.comment(ben, root)
        threads.say_who_may_comment(ada, root, NOBODY)
        with pytest.raises(Refused):
            factories.comment(ben, root)
        with pytest.raises(Refused):
            factories.comment(ben, first)

    def test_the_author_of_the_root_decides_who_may_comment(self, ada, ben):
        root = factories.post(ada)
        comment = factories.comment(ben, root)
        with pytest.raises(NotVisible):
            threads.say_who_may_comment(ben, root, NOBODY)
        with pytest.raises(NotVisible):
            threads.say_who_may_comment(ben, comment, NOBODY)

    def test_in_a_group_only_members(self, ada, ben, chi):
        group = factories.group(ada, Group.Kind.OPEN, ben)
        root = factories.post(ada, group=group)
        assert factories.comment(ben, root)
        with pytest.raises(Refused):
            factories.comment(chi, root)


def test_muting_a_thread_leaves_it_readable(ada, ben):
    root = factories.post(ada)
    mutes.mute_thread(ben, root)
    assert root in readable_by(ben)


def test_the_read_marker_never_moves_back(ada, ben):
    root = factories.post(ada)
    comment = factories.comment(ada, root)
    threads.mark_read(ben, root, comment.pk)
    threads.mark_read(ben, root, root.pk)
    assert Reading.objects.get().seen_id == comment.pk
