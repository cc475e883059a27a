"""Topics are created at their first use, and can be merged."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from network import ids
from network.actions import mutes, topics
from network.errors import Invalid
from network.models import Follow, Mute, PostTopic, Publication, Stream, Topic
from tests.support import factories
from tests.support.factories import fresh


def test_the_id_of_a_topic_does_not_disclose_when_it_was_created(db):
    made = [ids.at(topic.pk) for topic in topics.named([f"topic{n}" for n in range(20)]).values()]
    assert max(made) - min(made) > timedelta(days=30)
    assert max(made) <= timezone.now()


def test_a_topic_is_created_once(ada):
    factories.post(ada, "#Tides #tides #ＴＩＤＥＳ")
    factories.post(ada, "#tides")
    assert Topic.objects.get().name == "tides"
    assert Stream.objects.filter(kind="topic").count() == 1


def test_a_topic_created_twice_at_once_is_one_topic(ada):
    from unittest import mock

    there = factories.topic("tides")
    with mock.patch.object(Topic.objects, "filter", return_value=Topic.objects.none()):
        assert topics.named(["tides"])["tides"] == there
    assert Stream.objects.filter(kind="topic").count() == 1


class TestMerging:
    @pytest.fixture
    def alias(self, db):
        return factories.topic("tide")

    @pytest.fixture
    def into(self, db):
        return factories.topic("tides")

    def test_merging_moves_threads_with_their_comments(self, ada, ben, alias, into):
        root = factories.post(ada, "#tide")
        comment = factories.comment(ben, root)
        both = factories.post(ada, "#tide #tides")
        topics.merge(ada, alias, into)
        published = Publication.objects.filter(stream=into.pk).values_list("activity", flat=True)
        assert sorted(published) == [root.pk, comment.pk, both.pk]
        assert not Publication.objects.filter(stream=alias.pk).exists()
        assert set(PostTopic.objects.values_list("topic", flat=True)) == {into.pk}

    def test_merging_moves_each_follower_once(self, ada, ben, alias, into):
        for topic in (alias, into):
            factories.follow(ada, topic)
        factories.follow(ben, alias)
        topics.merge(ada, alias, into)
        followers = Follow.objects.filter(stream=into.pk).values_list("follower", flat=True)
        assert set(followers) == {ada.pk, ben.pk}
        assert (fresh(into.stream).followers_count, fresh(alias.stream).followers_count) == (2, 0)

    def test_merging_increments_the_generation_of_followers_of_both_topics(self, ada, ben, chi, alias, into):
        factories.follow(ada, alias)
        factories.follow(ben, into)
        before = [fresh(person).generation for person in (ada, ben, chi)]
        topics.merge(ada, alias, into)
        after = [fresh(person).generation for person in (ada, ben, chi)]
        assert [now > then for now, then in zip(after, before, strict=True)] == [True, True, False]

    def test_merging_moves_each_mute_once(self, ada, ben, alias, into):
        for topic in (alias, into):
            mutes.mute_topic(ada, topic)
        mutes.mute_topic(ben, alias)
        topics.merge(ada, alias, into)
        assert sorted(Mute.objects.values_list("person", "topic")) == [(ada.pk, into.pk), (ben.pk, into.pk)]

    @pytest.mark.parametrize("longer", ["alias", "into"])
    def test_merging_keeps_the_longer_of_two_mutes(self, ada, alias, into, longer):
        mutes.mute_topic(ada, alias, until=None if longer == "alias" else timedelta(hours=1))
        mutes.mute_topic(ada, into, until=None if longer == "into" else timedelta(hours=1))
        topics.merge(ada, alias, into)
        assert Mute.objects.get().until is None

    def test_later_hashtags_of_the_alias_use_the_merged_topic(self, ada, alias, into):
        topics.merge(ada, alias, into)
        post = factories.post(ada, "#tide")
        assert PostTopic.objects.get(post=post).topic == into

    def test_an_alias_never_refers_to_another_alias(self, ada, alias, into):
        third = factories.topic("ebb")
        topics.merge(ada, third, alias)
        topics.merge(ada, fresh(alias), into)
        assert fresh(third).alias_of == fresh(alias).alias_of == into

    def test_merging_a_topic_into_itself_or_an_alias_is_refused(self, ada, alias, into):
        with pytest.raises(Invalid):
            topics.merge(ada, into, into)
        topics.merge(ada, alias, into)
        with pytest.raises(Invalid):
            topics.merge(ada, into, fresh(alias))


def test_a_topic_can_be_chosen_beside_the_hashtags(ada):
    post = factories.post(ada, "On #tides", topics=("statistics", "tides"))
    assert sorted(about.topic.name for about in post.about.all()) == ["statistics", "tides"]
