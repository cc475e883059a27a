"""Blocks hide two people from each other everywhere."""

from __future__ import annotations

import pytest

from network.actions import blocks, edits, follows, posts, reshares, watches
from network.actions.drafts import Draft
from network.errors import Invalid, NotVisible, Refused
from network.models import Activity, Block, Follow, Group
from network.queries import people as people_queries
from network.queries.posts import readable_by
from tests.support import factories
from tests.support.factories import fresh


@pytest.mark.parametrize("way", ["blocker", "blocked"])
def test_a_block_hides_in_both_directions(ada, ben, way):
    reader, writer = (ada, ben) if way == "blocker" else (ben, ada)
    factories.post(writer)
    blocks.block(ada, ben)
    assert not readable_by(reader).exists()
    with pytest.raises(NotVisible):
        people_queries.find(reader, writer.pk)


def test_a_block_hides_whole_threads_of_the_blocked_person(ada, ben, chi):
    comment = factories.comment(chi, factories.post(ben))
    blocks.block(ada, ben)
    assert not readable_by(ada).exists()
    assert comment in readable_by(chi)


def test_a_block_hides_comments_in_threads_of_others(ada, ben, chi):
    root = factories.post(chi)
    factories.comment(ben, root)
    blocks.block(ada, ben)
    assert readable_by(ada).get() == root


def test_a_block_ends_follows_and_requests_in_both_directions(ada, ben):
    factories.follow(ada, ben)
    follows.follow(ben, factories.person("shy", approves=True).stream)
    factories.follow(ben, ada)
    blocks.block(ada, ben)
    assert Follow.objects.filter(stream__in=[ada.pk, ben.pk]).count() == 0
    assert fresh(ada.stream).followers_count == fresh(ben.stream).followers_count == 0
    assert Follow.objects.count() == 1


def test_a_second_block_does_nothing(ada, ben):
    blocks.block(ada, ben)
    blocks.block(ada, ben)
    assert Block.objects.count() == 1
    assert Activity.objects.filter(type="Block").count() == 1


def test_nobody_blocks_themselves(ada):
    with pytest.raises(Invalid):
        blocks.block(ada, ada)


def test_unblocking_removes_only_ones_own_block(ada, ben):
    factories.post(ben)
    blocks.block(ada, ben)
    blocks.block(ben, ada)
    blocks.unblock(ada, ben)
    assert not readable_by(ada).exists()
    blocks.unblock(ben, ada)
    assert readable_by(ada).exists()


def test_unblocking_does_not_restore_follows(ada, ben):
    factories.follow(ada, ben)
    blocks.block(ben, ada)
    blocks.unblock(ben, ada)
    assert not Follow.objects.exists()


def test_own_comments_in_a_blocked_persons_thread_stay_readable(ada, ben):
    mine = factories.comment(ada, factories.post(ben))
    blocks.block(ben, ada)
    assert readable_by(ada).get() == mine


def test_a_block_never_hides_a_groups_posts_from_its_moderators(ada, ben, chi):
    group = factories.group(ada, Group.Kind.REQUEST, ben, chi)
    post = factories.post(ben, group=group)
    blocks.block(ben, ada)
    blocks.block(ben, chi)
    assert readable_by(ada).get() == post
    assert not readable_by(chi).exists()


def test_a_blocked_persons_post_cannot_be_answered_or_reshared(ada, ben):
    post = factories.post(ada)
    blocks.block(ada, ben)
    with pytest.raises(NotVisible):
        factories.comment(ben, post)
    with pytest.raises(NotVisible):
        reshares.reshare(ben, post)
    with pytest.raises(NotVisible):
        watches.watch_thread(ben, post)


def test_after_a_block_nobody_continues_below_their_own_comment(ada, ben):
    root = factories.post(ada)
    mine = factories.comment(ben, root)
    blocks.block(ada, ben)
    with pytest.raises(Refused):
        factories.comment(ben, mine)
    with pytest.raises(Refused):
        edits.edit(ben, mine, Draft("Something else"))
    posts.delete(ben, mine)
