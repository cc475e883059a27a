"""The same action, called several times at the same moment, is done once: nothing fails, and counters stay correct."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import pytest
from django.db import connection

from network.actions import (
    blocks,
    bookmarks,
    counting,
    edits,
    follows,
    groups,
    invitations,
    likes,
    memberships,
    mutes,
    people,
    polls,
    posts,
    reshares,
    threads,
    watches,
)
from network.actions.drafts import Draft, PollDraft
from network.actions.groups import GroupDraft
from network.errors import Invalid, NotVisible, Refused
from network.models import Activity, Follow, Group, Invitation, Person, Post, Vote
from network.queries.groups import membership
from tests.support import factories
from tests.support.factories import fresh

PRESSES = 4
Act = Callable[[], object]

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Act) -> None:
    """Do each action in its own thread, as simultaneously as possible. A refusal is not a failure."""
    start = Barrier(len(acts))

    def press(act: Act) -> None:
        try:
            start.wait()
            with suppress(Invalid, NotVisible):
                act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as presses:
        for done in [presses.submit(press, act) for act in acts]:
            done.result()


def marks(ada: Person, ben: Person) -> list[Act]:
    post = factories.poll(ada)
    comment = factories.comment(ben, post)
    return [
        lambda: likes.like(ben, post),
        lambda: likes.unlike(ben, post),
        lambda: bookmarks.save(ben, post),
        lambda: bookmarks.remove(ben, post),
        lambda: reshares.reshare(ben, post),
        lambda: reshares.undo(ben, post),
        lambda: polls.vote(ben, post, {0}),
        lambda: threads.hide_comment(ada, comment),
        lambda: threads.show_comment(ada, comment),
        lambda: watches.watch_thread(ada, post),
        lambda: threads.mark_read(ben, post, comment.pk),
        lambda: mutes.mute_thread(ben, post),
        lambda: mutes.mute_word(ben, "gossip"),
        lambda: edits.edit(ada, post, Draft("Now with @ben and #tides.")),
        lambda: posts.delete(ben, comment),
        lambda: posts.delete(ada, post),
    ]


def ties(ada: Person, ben: Person) -> list[Act]:
    shy = factories.person("shy", approves=True)
    follows.follow(ben, shy.stream)
    topic = factories.topic("tides")
    return [
        lambda: follows.follow(ben, ada.stream),
        lambda: follows.unfollow(ben, ada.stream),
        lambda: follows.follow(ben, topic.stream),
        lambda: follows.accept(shy, ben),
        lambda: follows.remove_follower(shy, ben),
        lambda: blocks.block(ben, ada),
        lambda: blocks.unblock(ben, ada),
    ]


def memberships_of(ada: Person, ben: Person) -> list[Act]:
    open_group = factories.group(ada)
    by_request = factories.group(ada, Group.Kind.REQUEST)
    hidden = factories.group(ada, Group.Kind.HIDDEN)
    memberships.join(ben, by_request)
    link = invitations.invite(ada, hidden)
    return [
        lambda: memberships.join(ben, open_group),
        lambda: memberships.leave(ben, open_group),
        lambda: memberships.accept(ada, by_request, ben),
        lambda: memberships.remove(ada, by_request, ben),
        lambda: invitations.accept(ben, link),
        lambda: memberships.leave(ben, hidden),
        lambda: groups.close(ada, open_group),
    ]


@pytest.mark.parametrize("world", [marks, ties, memberships_of])
def test_an_action_called_several_times_is_done_once(world: Callable[[Person, Person], list[Act]]) -> None:
    for act in world(factories.person("ada"), factories.person("ben")):
        at_once(*[act] * PRESSES)
        assert not list(counting.recount(mend=False))


def test_nobody_follows_across_a_block() -> None:
    for _ in range(10):
        ada, ben = factories.person(), factories.person()
        at_once(
            lambda ada=ada, ben=ben: blocks.block(ada, ben),
            lambda ada=ada, ben=ben: follows.follow(ada, ben.stream),
            lambda ada=ada, ben=ben: follows.follow(ben, ada.stream),
        )
        assert not Follow.objects.filter(follower__in=(ada, ben)).exists()


def test_counters_are_correct_after_two_people_act_on_each_other() -> None:
    ada, ben = factories.person("ada"), factories.person("ben")
    acts = [
        lambda one=one, other=other, act=act: act(one, other)
        for one, other in ((ada, ben), (ben, ada))
        for act in (
            blocks.block,
            blocks.unblock,
            lambda one, other: follows.follow(one, other.stream),
            lambda one, other: follows.unfollow(one, other.stream),
        )
    ]
    for _ in range(25):
        at_once(*acts, *acts)
        assert not list(counting.recount(mend=False))


def test_doing_and_undoing_at_once_does_not_fail() -> None:
    ada, ben = factories.person("ada"), factories.person("ben")
    post, topic = factories.post(ada), factories.topic("tides")
    toggles: list[tuple[Act, Act]] = [
        (lambda: follows.follow(ben, topic.stream), lambda: follows.unfollow(ben, topic.stream)),
        (lambda: mutes.mute_topic(ben, topic), lambda: [mutes.unmute(ben, mute) for mute in ben.mutes.all()]),
        (lambda: bookmarks.save(ben, post), lambda: bookmarks.remove(ben, post)),
        (lambda: likes.like(ben, post), lambda: likes.unlike(ben, post)),
        (lambda: reshares.reshare(ben, post), lambda: reshares.undo(ben, post)),
        (
            lambda: watches.watch_stream(ben, ada.stream, watches.Level.ALL),
            lambda: watches.watch_stream(ben, ada.stream, None),
        ),
    ]
    for on, off in toggles:
        for _ in range(5):
            at_once(*[on, off] * PRESSES)
    assert not list(counting.recount(mend=False))


def test_groups_of_one_name_have_different_urls() -> None:
    ada = factories.person("ada")
    at_once(*[lambda: groups.create(ada, GroupDraft("River Watch"))] * PRESSES)
    slugs = Group.objects.order_by("slug").values_list("slug", flat=True)
    assert list(slugs) == ["river-watch", "river-watch-2", "river-watch-3", "river-watch-4"]


def test_a_handle_is_given_to_one_person() -> None:
    several = [factories.person(f"person_{number}") for number in range(PRESSES)]
    at_once(*[lambda person=person: people.rename(person, "ada") for person in several])
    assert Person.objects.filter(handle="ada").count() == 1


def test_the_last_two_owners_cannot_both_leave_a_group() -> None:
    ada, ben = factories.person("ada"), factories.person("ben")
    group = factories.group(ada)
    factories.join(ben, group, factories.Follow.Role.OWNER)

    def leave(owner: Person) -> None:
        with suppress(memberships.Refused):
            memberships.leave(owner, group)

    at_once(lambda: leave(ada), lambda: leave(ben))
    assert fresh(group.stream).followers_count == 1


@pytest.mark.parametrize("kind", [Group.Kind.OPEN, Group.Kind.HIDDEN])
def test_a_member_removed_while_accepting_an_invitation_is_out(kind: Group.Kind) -> None:
    ada, ben = factories.person("ada"), factories.person("ben")
    group = factories.group(ada, kind)
    link = invitations.invite(ada, group)
    for _ in range(10):
        factories.join(ben, group)
        at_once(
            lambda: memberships.remove(ada, Group.objects.get(), ben), lambda: invitations.accept(ben, link)
        )
        found = membership(ben, group)
        assert found is None or found.state == "requested"
    assert not list(counting.recount(mend=False))


def test_several_invitations_of_one_person_make_one() -> None:
    ada, ben = factories.person("ada"), factories.person("ben")
    group = factories.group(ada)
    at_once(*[lambda: invitations.invite_person(ada, group, ben)] * 10)
    assert Invitation.objects.count() == Activity.objects.filter(type="Invite").count() == 1


def test_simultaneous_comments_are_all_counted() -> None:
    ada = factories.person("ada")
    post = factories.post(ada)
    at_once(*[lambda: factories.comment(ada, post)] * PRESSES)
    assert fresh(post).comments_count == PRESSES
    assert fresh(post).newest_id == Post.objects.order_by("-pk").values_list("pk", flat=True)[0]


def test_no_vote_goes_to_an_option_that_was_edited() -> None:
    ada, ben = factories.person("ada"), factories.person("ben")
    for _ in range(10):
        post = factories.poll(ada)
        other = Draft("The tide turns at six.", poll=PollDraft(("Milk", "Water")))

        def change(post: Post = post, other: Draft = other) -> None:
            with suppress(Refused):
                edits.edit(ada, post, other)

        at_once(lambda post=post: polls.vote(ben, post, {0}), change)
        assert Vote.objects.filter(option__poll=post.pk, person=ben).count() == 1
    assert not list(counting.recount(mend=False))


def test_different_actions_on_one_thread_do_not_block_each_other() -> None:
    ada, ben, chi = (factories.person(handle) for handle in ("ada", "ben", "chi"))
    for _ in range(8):
        root = factories.poll(ada)
        parent = factories.comment(ben, root)
        child = factories.comment(chi, parent)
        acts: list[Act] = [
            lambda parent=parent: posts.delete(ben, parent),
            lambda child=child: posts.delete(chi, child),
            lambda child=child: threads.hide_comment(ada, child),
            lambda child=child: factories.comment(ada, child),
            lambda root=root: factories.comment(chi, root),
            lambda root=root: edits.edit(ada, root, Draft("Now with #tides and @ben.")),
            lambda root=root: reshares.reshare(ben, root),
            lambda root=root: likes.like(chi, root),
        ]
        at_once(*acts)
        assert not list(counting.recount(mend=False))
