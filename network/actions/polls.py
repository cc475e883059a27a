"""Votes in polls."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from network.actions.counting import count
from network.actions.locking import hold
from network.actions.recording import record
from network.errors import Invalid, NotVisible, Refused
from network.models import Activity, Person, Poll, PollOption, Post, Vote
from network.queries import groups
from network.queries import posts as queries


@transaction.atomic
def vote(person: Person, post: Post, positions: Iterable[int]) -> Poll:
    """Vote for one option of a poll or, in a multiple poll, for several. A vote cannot be changed.

    Idempotent for the same vote. Raises NotVisible, Refused for another vote or if the poll or its group is
    closed, Invalid for unknown options.
    """
    hold(person, post)
    post = queries.find(person, post.pk)
    poll = Poll.objects.filter(post=post).first()
    if poll is None:
        raise NotVisible
    if post.thread.group is not None:
        groups.ensure_open(post.thread.group)
    chosen = set(positions)
    options = {option.position: option for option in poll.options.all()}
    if not chosen or not chosen <= options.keys():
        raise Invalid(_("Choose an option first."))
    if len(chosen) > 1 and not poll.multiple:
        raise Invalid(_("Choose one option: this poll takes one vote from each person."))
    before = set(
        Vote.objects.filter(option__poll=poll, person=person).values_list("option__position", flat=True)
    )
    if before == chosen:
        return poll
    if before:
        raise Refused(_("You have voted already."))
    if not poll.is_open:
        raise Refused(_("This poll has closed."))
    Vote.objects.bulk_create(Vote(option=options[position], person=person) for position in sorted(chosen))
    PollOption.objects.filter(poll=poll, position__in=chosen).update(votes_count=F("votes_count") + 1)
    count(Poll.objects.filter(pk=poll.pk), "voters_count", +1)
    record(Activity.Type.VOTE, person, post=post)
    poll.refresh_from_db()
    return poll
