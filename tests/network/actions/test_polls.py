"""Votes in polls."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from network.actions import groups, polls
from network.actions.drafts import PollDraft
from network.errors import Invalid, NotVisible, Refused
from network.models import Group, Poll, Post, Vote
from network.queries.showing import show
from tests.support import factories


def counts(post: Post) -> tuple[list[int], int]:
    poll = Poll.objects.get(post=post)
    return list(poll.options.values_list("votes_count", flat=True)), poll.voters_count


def test_a_vote_counts_once(ada, ben):
    post = factories.poll(ada)
    polls.vote(ben, post, [1])
    polls.vote(ben, post, [1])
    assert counts(post) == ([0, 1], 1)


def test_a_vote_cannot_be_changed(ada, ben):
    post = factories.poll(ada)
    polls.vote(ben, post, [1])
    with pytest.raises(Refused):
        polls.vote(ben, post, [0])
    assert counts(post) == ([0, 1], 1)


def test_a_single_poll_takes_one_option(ada, ben):
    with pytest.raises(Invalid):
        polls.vote(ben, factories.poll(ada), [0, 1])


def test_a_multiple_poll_counts_a_voter_once(ada, ben):
    post = factories.poll(ada, multiple=True)
    polls.vote(ben, post, [0, 1])
    assert counts(post) == ([1, 1], 1)


@pytest.mark.parametrize("positions", [[], [7], [-1]])
def test_only_existing_options_can_be_chosen(ada, ben, positions):
    with pytest.raises(Invalid):
        polls.vote(ben, factories.poll(ada), positions)


def test_a_closed_poll_takes_no_votes(ada, ben):
    post = factories.post(ada, poll=PollDraft(("Tea", "Coffee"), timedelta(minutes=5)))
    with time_machine.travel(timezone.now() + timedelta(minutes=6)), pytest.raises(Refused):
        polls.vote(ben, post, [0])
    assert not Vote.objects.exists()


def test_voting_needs_the_right_to_read_the_post(ada, ben):
    with pytest.raises(NotVisible):
        polls.vote(ben, factories.poll(ada, audience=Post.Audience.DIRECT), [0])


def test_a_post_without_a_poll_takes_no_votes(ada):
    with pytest.raises(NotVisible):
        polls.vote(ada, factories.post(ada), [0])


@pytest.mark.parametrize(
    "draft",
    [
        PollDraft(("Tea",)),
        PollDraft(("Tea", " ")),
        PollDraft(("Tea", "TEA")),
        PollDraft(tuple(str(number) for number in range(11))),
        PollDraft(("Tea", "Coffee"), timedelta(minutes=1)),
        PollDraft(("Tea", "Coffee"), timedelta(days=31)),
        PollDraft(("Tea", "x" * 101)),
    ],
)
def test_a_poll_has_a_few_distinct_options_and_a_sensible_time(ada, draft):
    with pytest.raises(Invalid):
        factories.post(ada, poll=draft)


def test_nobody_votes_in_a_closed_group(ada, ben):
    group = factories.group(ada, Group.Kind.OPEN, ben)
    post = factories.poll(ada, group=group)
    assert show(ben, [post.pk])[post.pk].poll.may_vote
    groups.close(ada, group)
    with pytest.raises(Refused):
        polls.vote(ben, post, [0])
    assert not show(ben, [post.pk])[post.pk].poll.may_vote
