"""Looking after threads."""

from __future__ import annotations

import pytest

from network.actions import mutes, posts, threads
from network.errors import NotVisible, Refused
from network.models import Activity, Group, Post, Reading
from network.queries.posts import readable_by
from tests import making
from tests.making import fresh

EVERYONE, FOLLOWED, NAMED, NOBODY = Post.Commenting


class TestHiding:
    @pytest.fixture
    def root(self, ada):
        return making.post(ada)

    @pytest.fixture
    def comment(self, root, ben):
        return making.comment(ben, root)

    def test_hides_from_all_but_the_two_authors(self, ada, ben, chi, root, comment):
        threads.hide_comment(ada, comment)
        assert comment in readable_by(ada)
        assert comment in readable_by(ben)
        assert comment not in readable_by(chi)
        assert comment not in readable_by(None)

    def test_moves_the_counts_once_each_way(self, ada, ben, root, comment):
        answer = making.comment(ben, comment)
        threads.hide_comment(ada, answer)
        threads.hide_comment(ada, answer)
        assert (fresh(root).comments_count, fresh(comment).comments_count) == (1, 0)
        assert fresh(root).newest_id == comment.pk
        threads.show_comment(ada, answer)
        threads.show_comment(ada, answer)
        assert (fresh(root).comments_count, fresh(comment).comments_count) == (2, 1)
        assert fresh(root).newest_id == answer.pk
        assert Activity.objects.filter(type="Flag").count() == 2

    def test_is_for_the_threads_author(self, ada, ben, chi, root, comment):
        for somebody in (ben, chi):
            with pytest.raises(NotVisible):
                threads.hide_comment(somebody, comment)
            with pytest.raises(NotVisible):
                threads.show_comment(somebody, comment)

    def test_is_for_comments(self, ada, root):
        with pytest.raises(NotVisible):
            threads.hide_comment(ada, root)

    def test_is_not_for_what_is_gone(self, ada, ben, comment):
        posts.delete(ben, comment)
        with pytest.raises(NotVisible):
            threads.hide_comment(ada, comment)

    def test_leaves_it_to_a_groups_moderators(self, ada, ben, chi):
        group = making.group(chi, Group.Kind.OPEN, ada, ben)
        comment = making.comment(ben, making.post(ada, group=group))
        threads.hide_comment(ada, comment)
        assert comment in readable_by(chi)


class TestWhoMayComment:
    def test_everyone_who_may_read(self, ada, ben):
        assert making.comment(ben, making.post(ada, commenting=EVERYONE))

    def test_people_whom_the_author_follows(self, ada, ben, chi):
        making.follow(ada, ben)
        making.follow(chi, ada)
        root = making.post(ada, commenting=FOLLOWED)
        assert making.comment(ben, root)
        with pytest.raises(Refused):
            making.comment(chi, root)

    def test_a_request_to_follow_is_not_enough(self, ada):
        from network.actions import follows

        shy = making.person("shy", approves=True)
        follows.follow(ada, shy.stream)
        with pytest.raises(Refused):
            making.comment(shy, making.post(ada, commenting=FOLLOWED))

    def test_people_named(self, ada, ben, chi):
        root = making.post(ada, "@ben", commenting=NAMED)
        assert making.comment(ben, root)
        with pytest.raises(Refused):
            making.comment(chi, root)

    def test_people_whom_a_direct_post_is_for_are_named(self, ada, ben):
        root = making.post(ada, audience=Post.Audience.DIRECT, to=(ben,), commenting=NAMED)
        assert making.comment(ben, root)

    def test_people_named_further_down_are_not_named(self, ada, ben, chi):
        root = making.post(ada, "@ben", commenting=NAMED)
        making.comment(ben, root, "@chi")
        with pytest.raises(Refused):
            making.comment(chi, root)

    @pytest.mark.parametrize("commenting", list(Post.Commenting))
    def test_the_author_always(self, ada, commenting):
        assert making.comment(ada, making.post(ada, commenting=commenting))

    def test_nobody_more(self, ada, ben):
        root = making.post(ada)
        first = making.comment(ben, root)
        threads.say_who_may_comment(ada, root, NOBODY)
        with pytest.raises(Refused):
            making.comment(ben, root)
        with pytest.raises(Refused):
            making.comment(ben, first)

    def test_is_said_by_the_author_of_the_root(self, ada, ben):
        root = making.post(ada)
        comment = making.comment(ben, root)
        with pytest.raises(NotVisible):
            threads.say_who_may_comment(ben, root, NOBODY)
        with pytest.raises(NotVisible):
            threads.say_who_may_comment(ben, comment, NOBODY)

    def test_in_a_group_only_members(self, ada, ben, chi):
        group = making.group(ada, Group.Kind.OPEN, ben)
        root = making.post(ada, group=group)
        assert making.comment(ben, root)
        with pytest.raises(Refused):
            making.comment(chi, root)


def test_muting_a_thread_leaves_it_readable(ada, ben):
    root = making.post(ada)
    mutes.mute_thread(ben, root)
    assert root in readable_by(ben)


def test_reading_never_moves_back(ada, ben):
    root = making.post(ada)
    comment = making.comment(ada, root)
    threads.mark_read(ben, root, comment.pk)
    threads.mark_read(ben, root, root.pk)
    assert Reading.objects.get().seen_id == comment.pk
