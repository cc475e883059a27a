"""Follows of people and topics, requests to follow, and where a follow delivers."""

from __future__ import annotations

import pytest

from network.actions import blocks, follows, people, topics
from network.errors import Invalid, NotVisible
from network.models import Activity, Follow, Post
from network.queries.posts import readable_by
from tests.support import factories
from tests.support.factories import fresh

HOME, DIGEST = Follow.Place.HOME, Follow.Place.DIGEST
Comments = Follow.Comments


def test_following_counts_once_and_increments_the_generation(ada, ben):
    follows.follow(ben, ada.stream)
    follows.follow(ben, ada.stream)
    assert fresh(ada.stream).followers_count == 1
    assert fresh(ben).generation == 1
    assert Activity.objects.filter(type="Follow").count() == 1


def test_unfollowing_counts_once(ada, ben, chi):
    factories.follow(ben, ada)
    factories.follow(chi, ada)
    follows.unfollow(ben, ada.stream)
    follows.unfollow(ben, ada.stream)
    assert fresh(ada.stream).followers_count == 1


def test_nobody_follows_themselves(ada):
    with pytest.raises(Invalid):
        follows.follow(ada, ada.stream)


def test_a_group_cannot_be_followed(ada, ben):
    group = factories.group(ada)
    with pytest.raises(Invalid):
        follows.follow(ben, group.stream)
    with pytest.raises(Invalid):
        follows.unfollow(ada, group.stream)


def test_blocked_people_cannot_be_followed(ada, ben):
    blocks.block(ada, ben)
    with pytest.raises(NotVisible):
        follows.follow(ben, ada.stream)


def test_following_an_alias_follows_the_merged_topic(ada, ben):
    alias, into = factories.topic("tide"), factories.topic("tides")
    topics.merge(ada, alias, into)
    follow = follows.follow(ben, fresh(alias).stream)
    assert follow.stream_id == into.pk
    follows.unfollow(ben, fresh(alias).stream)
    assert not Follow.objects.exists()


class TestApproval:
    @pytest.fixture
    def shy(self, db):
        return factories.person("shy", approves=True)

    def test_a_request_is_not_a_follow(self, shy, ben):
        assert follows.follow(ben, shy.stream).state == Follow.State.REQUESTED
        assert fresh(shy.stream).followers_count == 0
        factories.post(shy, audience=Post.Audience.FOLLOWERS)
        assert not readable_by(ben).exists()

    def test_accepting_a_request_makes_one_follow(self, shy, ben):
        follows.follow(ben, shy.stream)
        factories.post(shy, audience=Post.Audience.FOLLOWERS)
        follows.accept(shy, ben)
        follows.accept(shy, ben)
        assert fresh(shy.stream).followers_count == 1
        assert fresh(ben).generation == 1
        assert readable_by(ben).exists()

    def test_a_person_who_did_not_ask_cannot_be_accepted(self, shy, ben):
        with pytest.raises(NotVisible):
            follows.accept(shy, ben)

    def test_a_request_can_be_withdrawn(self, shy, ben):
        follows.follow(ben, shy.stream)
        follows.unfollow(ben, shy.stream)
        assert fresh(shy.stream).followers_count == 0
        with pytest.raises(NotVisible):
            follows.accept(shy, ben)

    def test_a_request_is_declined(self, shy, ben):
        follows.follow(ben, shy.stream)
        follows.remove_follower(shy, ben)
        assert not Follow.objects.exists()
        assert fresh(shy.stream).followers_count == 0

    def test_switching_approval_off_accepts_all_requests(self, shy, ben):
        follows.follow(ben, shy.stream)
        people.set_privacy(shy, people.Privacy(approves_followers=False, hides_follows=False))
        assert Follow.objects.get().state == Follow.State.ACCEPTED
        assert fresh(shy.stream).followers_count == 1

    def test_switching_approval_on_keeps_the_followers(self, ada, ben):
        factories.follow(ben, ada)
        people.set_privacy(ada, people.Privacy(approves_followers=True, hides_follows=False))
        assert Follow.objects.get().state == Follow.State.ACCEPTED


def test_a_removed_follower_no_longer_reads_posts_for_followers(ada, ben):
    factories.follow(ben, ada)
    factories.post(ada, audience=Post.Audience.FOLLOWERS)
    follows.remove_follower(ada, ben)
    assert not readable_by(ben).exists()
    assert fresh(ada.stream).followers_count == 0
    assert Activity.objects.filter(type="Reject").count() == 1


def test_a_change_of_delivery_keeps_rights_and_increments_the_generation(ada, ben):
    factories.follow(ben, ada)
    factories.post(ada, audience=Post.Audience.FOLLOWERS)
    follows.deliver(ben, ada.stream, place=DIGEST, comments=Comments.NONE, reshares=False)
    follow = Follow.objects.get()
    assert (follow.place, follow.comments, follow.reshares) == (DIGEST, "none", False)
    assert readable_by(ben).exists()
    assert fresh(ben).generation == 2


def test_an_unchanged_delivery_does_not_increment_the_generation(ada, ben):
    factories.follow(ben, ada)
    follows.deliver(ben, ada.stream, place=HOME)
    assert fresh(ben).generation == 1


def test_one_flag_can_be_changed_alone(ada, ben):
    factories.follow(ben, ada)
    follows.deliver(ben, ada.stream, place=HOME, reshares=False)
    assert (Follow.objects.get().comments, Follow.objects.get().reshares) == ("some", False)


def test_delivery_needs_a_follow(ada, ben):
    with pytest.raises(NotVisible):
        follows.deliver(ben, ada.stream, place=HOME)
