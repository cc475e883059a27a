"""All actions, called by any two people on the same rows: the input of the tests of concurrent actions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from feeds.actions import choices, visits
from feeds.feed import Feed
from feeds.models import Mailing
from network.actions import (
    blocks,
    bookmarks,
    edits,
    follows,
    groups,
    invitations,
    likes,
    lists,
    memberships,
    mutes,
    people,
    polls,
    posts,
    reshares,
    site,
    threads,
    topics,
    watches,
)
from network.actions.drafts import Draft, PollDraft
from network.actions.groups import GroupDraft
from network.models import Follow, Group, Invitation, List, Mute, Person, Post, Revision, Topic
from network.queries.threads import find_page
from samples import graph_import
from tests.support import factories

FLAGS = {"comments": Follow.Comments.ALL, "reshares": True, "folds": True}
_numbers = count(1)


@dataclass
class Fixture:
    """Two people, each with a poll, who own three groups; and a third person who asks to join one."""

    ada: Person
    ben: Person
    chi: Person
    tide: Topic
    tides: Topic
    polls: dict[int, Post]
    comments: dict[int, Post]
    open: Group
    asking: Group
    hidden: Group
    link: Invitation
    number: int


def make_fixture(ada: Person, ben: Person, chi: Person) -> Fixture:
    """Create new rows for people who may have been in a fixture before."""
    number = next(_numbers)
    tide, tides = factories.topic(f"tide{number}"), factories.topic(f"tides{number}")
    written = {one.pk: factories.poll(one, topics=(tide.name,)) for one in (ada, ben)}
    made = {kind: factories.group(ada, kind, name=f"{kind} {number}") for kind in Group.Kind}
    for group in made.values():
        factories.join(ben, group, Follow.Role.OWNER)
    factories.post(ada, group=made[Group.Kind.OPEN], topics=(tide.name,))
    memberships.join(chi, made[Group.Kind.REQUEST])
    return Fixture(
        ada,
        ben,
        chi,
        tide,
        tides,
        polls=written,
        comments={one.pk: factories.comment(one, written[one.pk]) for one in (ada, ben)},
        open=made[Group.Kind.OPEN],
        asking=made[Group.Kind.REQUEST],
        hidden=made[Group.Kind.HIDDEN],
        link=invitations.invite(ada, made[Group.Kind.HIDDEN]),
        number=number,
    )


Action = Callable[[Fixture, Person, Person], object]


def _unmute(person: Person) -> None:
    for mute in Mute.objects.filter(person=person):
        mutes.unmute(person, mute)


def _into_list(person: Person, other: Person) -> None:
    for own in List.objects.filter(owner=person):
        follows.deliver(person, other.stream, place=own, **FLAGS)


def _each_list(person: Person, act: Callable[[Person, int], object]) -> None:
    for own in List.objects.filter(owner=person):
        act(person, own.pk)


def _purge(person: Person, post: Post) -> None:
    for revision in Revision.objects.filter(post=post).select_related("post"):
        edits.purge(person, revision)


def _go_back(person: Person) -> None:
    for former in person.former_handles.order_by("pk")[:1]:
        people.rename(person, former.handle)


def _withdraw(person: Person, group: Group) -> None:
    for invitation in Invitation.objects.filter(group=group).exclude(person=None):
        invitations.withdraw(person, invitation)


def _decide(person: Person, is_open: bool) -> None:
    """Open or close the server as an administrator."""
    assert person.user is not None
    person.user.is_superuser = True
    site.set_open(person, is_open)


# What `one` does to a row of `other`, to one of their own, or to a common one.
ACTIONS: dict[str, Action] = {
    "follow": lambda at, one, other: follows.follow(one, other.stream),
    "unfollow": lambda at, one, other: follows.unfollow(one, other.stream),
    "accept a follower": lambda at, one, other: follows.accept(one, other),
    "remove a follower": lambda at, one, other: follows.remove_follower(one, other),
    "follow a topic": lambda at, one, other: follows.follow(one, at.tide.stream),
    "unfollow a topic": lambda at, one, other: follows.unfollow(one, at.tide.stream),
    "follow a new topic": lambda at, one, other: topics.follow(one, f"reef{at.number}"),
    "deliver home": lambda at, one, other: follows.deliver(
        one, other.stream, place=Follow.Place.HOME, **FLAGS
    ),
    "deliver to a list": lambda at, one, other: _into_list(one, other),
    "block": lambda at, one, other: blocks.block(one, other),
    "unblock": lambda at, one, other: blocks.unblock(one, other),
    "mute a person": lambda at, one, other: mutes.mute_person(one, other),
    "mute a topic": lambda at, one, other: mutes.mute_topic(one, at.tide),
    "mute a new topic": lambda at, one, other: topics.mute(one, f"reef{at.number}"),
    "mute a thread": lambda at, one, other: mutes.mute_thread(one, at.polls[other.pk]),
    "mute a word": lambda at, one, other: mutes.mute_word(one, "gossip"),
    "unmute": lambda at, one, other: _unmute(one),
    "like": lambda at, one, other: likes.like(one, at.polls[other.pk]),
    "unlike": lambda at, one, other: likes.unlike(one, at.polls[other.pk]),
    "save": lambda at, one, other: bookmarks.save(one, at.polls[other.pk]),
    "save no longer": lambda at, one, other: bookmarks.remove(one, at.polls[other.pk]),
    "reshare": lambda at, one, other: reshares.reshare(one, at.polls[other.pk]),
    "reshare no longer": lambda at, one, other: reshares.undo(one, at.polls[other.pk]),
    "vote": lambda at, one, other: polls.vote(one, at.polls[other.pk], {0}),
    "vote otherwise": lambda at, one, other: polls.vote(one, at.polls[other.pk], {1}),
    "watch a thread": lambda at, one, other: watches.watch_thread(one, at.polls[other.pk]),
    "watch a person": lambda at, one, other: watches.watch_stream(one, other.stream, watches.Level.ALL),
    "watch a group": lambda at, one, other: watches.watch_stream(one, at.open.stream, watches.Level.ALL),
    "watch no longer": lambda at, one, other: watches.watch_stream(one, other.stream, None),
    "make a list": lambda at, one, other: lists.create(one, "Friends"),
    "rename a list": lambda at, one, other: _each_list(one, lambda own, id: lists.rename(own, id, "Work")),
    "delete a list": lambda at, one, other: _each_list(one, lists.delete),
    "open a list": lambda at, one, other: _each_list(one, lambda own, id: lists.open_feed(own, id, id)),
    "visit a home": lambda at, one, other: visits.visit(Feed(one), at.polls[other.pk].pk),
    "post": lambda at, one, other: factories.post(one, f"@{other.handle} #tide{at.number} #reef{at.number}"),
    "post with a key": lambda at, one, other: factories.post(one, key=f"key{at.number}"),
    "post in a group": lambda at, one, other: factories.post(one, topics=(at.tide.name,), group=at.open),
    "quote": lambda at, one, other: factories.post(one, quotes=at.polls[other.pk]),
    "comment": lambda at, one, other: factories.comment(one, at.polls[other.pk]),
    "answer": lambda at, one, other: factories.comment(one, at.comments[other.pk]),
    "edit": lambda at, one, other: edits.edit(one, at.polls[one.pk], Draft(f"@chi #reef{at.number}")),
    "edit a poll": lambda at, one, other: edits.edit(
        one, at.polls[one.pk], Draft("Milk?", poll=PollDraft(("Yes", "No")), topics=(at.tides.name,))
    ),
    "narrow": lambda at, one, other: edits.edit(
        one, at.polls[one.pk], Draft(f"#tide{at.number}", audience=Post.Audience.FOLLOWERS)
    ),
    "edit a comment": lambda at, one, other: edits.edit(one, at.comments[one.pk], Draft(f"{other} saw it")),
    "purge": lambda at, one, other: _purge(one, at.polls[one.pk]),
    "delete": lambda at, one, other: posts.delete(one, at.polls[one.pk]),
    "delete a comment": lambda at, one, other: posts.delete(one, at.comments[one.pk]),
    "hide": lambda at, one, other: threads.hide_comment(one, at.comments[one.pk]),
    "show": lambda at, one, other: threads.show_comment(one, at.comments[one.pk]),
    "say who may comment": lambda at, one, other: threads.say_who_may_comment(
        one, at.polls[one.pk], Post.Commenting.FOLLOWED
    ),
    "open the server": lambda at, one, other: _decide(one, True),
    "close the server": lambda at, one, other: _decide(one, False),
    "read": lambda at, one, other: threads.mark_read(one, at.polls[other.pk], at.comments[other.pk].pk),
    "open a thread": lambda at, one, other: threads.open_page(one, find_page(one, at.polls[other.pk].pk)),
    "make a group": lambda at, one, other: groups.create(one, GroupDraft(f"Reef {at.number}")),
    "open a group": lambda at, one, other: groups.edit(one, at.asking, GroupDraft("Open now")),
    "shut a group": lambda at, one, other: groups.edit(one, at.open, GroupDraft("By request", _REQUEST)),
    "open it again": lambda at, one, other: groups.edit(one, at.open, GroupDraft("Open", Group.Kind.OPEN)),
    "close a group": lambda at, one, other: groups.close(one, at.hidden),
    "join": lambda at, one, other: memberships.join(one, at.open),
    "ask to join": lambda at, one, other: memberships.join(at.chi, at.asking),
    "leave": lambda at, one, other: memberships.leave(one, at.open),
    "let in": lambda at, one, other: memberships.accept(one, at.asking, at.chi),
    "remove": lambda at, one, other: memberships.remove(one, at.asking, at.chi),
    "remove from a group": lambda at, one, other: memberships.remove(one, at.open, other),
    "make a member": lambda at, one, other: memberships.give_role(one, at.open, other, Follow.Role.MEMBER),
    "make an owner": lambda at, one, other: memberships.give_role(one, at.open, other, Follow.Role.OWNER),
    "enter": lambda at, one, other: memberships.enter(at.chi, at.open),
    "make a link": lambda at, one, other: invitations.invite(one, at.hidden),
    "invite": lambda at, one, other: invitations.invite_person(one, at.hidden, at.chi),
    "accept a link": lambda at, one, other: invitations.accept(at.chi, at.link),
    "withdraw": lambda at, one, other: _withdraw(one, at.hidden),
    "leave a hidden group": lambda at, one, other: memberships.leave(at.chi, at.hidden),
    "register": lambda at, one, other: people.register(f"reef{at.number}", "Reef"),
    "rename": lambda at, one, other: people.rename(one, f"reef{at.number}"),
    "go back": lambda at, one, other: _go_back(one),
    "describe": lambda at, one, other: people.describe(one, people.Profile("Somebody")),
    "approve followers": lambda at, one, other: people.set_privacy(one, people.Privacy(True, False)),
    "let anyone follow": lambda at, one, other: people.set_privacy(one, people.Privacy(False, False)),
    "tell the zone": lambda at, one, other: people.follow_device(one, "Asia/Tokyo"),
    "choose colours": lambda at, one, other: people.set_reading(
        one, scheme=Person.Scheme.SLATE, letter_keys=True
    ),
    "merge topics": lambda at, one, other: topics.merge(one, at.tide, at.tides),
    "describe a topic": lambda at, one, other: topics.describe(one, at.tide, title="Tide", description=""),
    "choose notices": lambda at, one, other: choices.choose(one, {"thanks": (False, False)}),
    "choose them anew": lambda at, one, other: choices.choose(one, {"thanks": (True, True)}),
    "ask for letters": lambda at, one, other: choices.ask_for(
        one, notices=Mailing.Every.DAY, digest=Mailing.Every.WEEK, whole=True
    ),
    "stop letters": lambda at, one, other: choices.stop(one, "digest"),
    "import": lambda at, one, other: graph_import.befriend([(at.number, 90000 + at.number), (1, at.number)]),
}
_REQUEST = Group.Kind.REQUEST
