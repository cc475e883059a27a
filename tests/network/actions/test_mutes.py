"""Mutes filter feeds; they do not change rights."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from network.actions import mutes, topics
from network.errors import Invalid, NotVisible
from network.models import Mute, Person, Post
from network.queries.posts import readable_by
from network.queries.rights import not_muted
from tests.support import factories
from tests.support.factories import fresh


def wanted(viewer: Person) -> set[int]:
    return set(Post.objects.filter(not_muted(viewer)).values_list("pk", flat=True))


def test_a_muted_person_is_excluded_with_their_threads(ada, ben, chi):
    theirs = factories.post(ben)
    comment = factories.comment(chi, theirs)
    other = factories.post(chi)
    their_comment = factories.comment(ben, other)
    mutes.mute_person(ada, ben)
    assert wanted(ada) == {other.pk}
    assert {theirs, comment, their_comment} <= set(readable_by(ada))


def test_a_muted_topic_is_excluded_with_its_comments(ada, ben):
    root = factories.post(ben, "#tides")
    factories.comment(ben, root, "no hashtag here")
    mutes.mute_topic(ada, factories.topic("tides"))
    assert wanted(ada) == set()


def test_a_thread_can_be_muted_from_any_of_its_posts(ada, ben):
    root = factories.post(ben)
    mutes.mute_thread(ada, factories.comment(ben, root))
    assert wanted(ada) == set()


def test_muting_a_thread_needs_the_right_to_read_it(ada, ben):
    with pytest.raises(NotVisible):
        mutes.mute_thread(ada, factories.post(ben, audience=Post.Audience.DIRECT))


@pytest.mark.parametrize("said", ["A SPOILER here", "spoiler", "title: spoiler!", "ends with spoiler"])
def test_a_muted_word_matches_whole_words_in_any_case(ada, ben, said):
    factories.post(ben, said)
    mutes.mute_word(ada, "Spoiler")
    assert wanted(ada) == set()


@pytest.mark.parametrize("said", ["spoilers", "nospoiler", "spoil er"])
def test_a_muted_word_does_not_match_inside_other_words(ada, ben, said):
    factories.post(ben, said)
    mutes.mute_word(ada, "spoiler")
    assert len(wanted(ada)) == 1


def test_a_muted_phrase_is_found_in_a_title_or_summary(ada, ben):
    factories.post(ben, "x", title="On climate, change and us")
    factories.post(ben, "x", summary="Climate Change")
    mutes.mute_word(ada, "climate change")
    assert wanted(ada) == set()


def test_a_mute_ends_at_its_time(ada, ben):
    factories.post(ben)
    mutes.mute_person(ada, ben, until=timedelta(hours=1))
    assert wanted(ada) == set()
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert len(wanted(ada)) == 1


def test_muting_again_moves_the_end(ada, ben):
    mutes.mute_person(ada, ben, until=timedelta(hours=1))
    mutes.mute_person(ada, ben)
    assert Mute.objects.get().until is None


def test_only_ones_own_mutes_can_be_removed(ada, ben, chi):
    factories.post(ben)
    mute = mutes.mute_person(ada, ben)
    mutes.unmute(chi, mute)
    assert wanted(ada) == set()
    mutes.unmute(ada, mute)
    assert len(wanted(ada)) == 1


def test_a_mute_does_not_affect_other_people(ada, ben):
    factories.post(ben)
    mutes.mute_person(ada, ben)
    assert len(wanted(ben)) == 1


def test_nobody_mutes_themselves(ada):
    with pytest.raises(Invalid):
        mutes.mute_person(ada, ada)


@pytest.mark.parametrize("word", ["", "?!", "x" * 101, pytest.param("潮" * 90, id="Han")])
def test_a_muted_word_must_contain_a_word_and_has_a_maximum_length(ada, word):
    with pytest.raises(Invalid):
        mutes.mute_word(ada, word)


def test_muting_an_alias_mutes_the_merged_topic(ada, ben):
    alias, into = factories.topic("tide"), factories.topic("tides")
    topics.merge(ada, alias, into)
    factories.post(ben, "#tides")
    mutes.mute_topic(ada, fresh(alias))
    assert wanted(ada) == set()
