"""A small world with content for every page, made by the real actions."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP

from network.actions import (
    blocks,
    bookmarks,
    edits,
    follows,
    invitations,
    likes,
    lists,
    memberships,
    mutes,
    people,
    posts,
    reshares,
    topics,
)
from network.actions.drafts import Draft
from network.actions.groups import GroupDraft, create
from network.actions.links import Link
from network.actions.people import Privacy, Profile
from network.models import Delivery, Group, List, Person, Post, Topic
from safety.actions import administrators
from tests.support import factories, site
from tests.support.browser.someone import someone
from tests.support.waiting import wait_until

_numbers = itertools.count(1)  # each world has another number, because names of groups are unique

LONG = "unbrokenandverylong" * 8
TEXT = f"""The moon raises **two** bulges, and the day turns under both.

> Why is the second one on the far side?

- the near side is pulled more than the middle,
- the far side less.

| place | range |
|---|---|
| Fundy | 16 m |

    high = mean + amplitude * cos(2 * pi * t / 12.42) + weather  # in hours, since the last transit of the moon

See https://tides.example/{LONG} and `{LONG}`. #tides #moon"""


@dataclass
class World:
    """Ada, who views the pages, and the people and things around her."""

    ada: Person
    ben: Person
    chi: Person
    dan: Person
    newcomer: Person
    locked: Person
    admin: Person
    topic: Topic
    post: Post = field(init=False)
    answer: Post = field(init=False)
    own: Post = field(init=False)
    poll: Post = field(init=False)
    message: Post = field(init=False)
    friends: List = field(init=False)
    group: Group = field(init=False)
    asked: Group = field(init=False)
    invitation: str = field(init=False)
    site_invitation: str = field(init=False)


_numbers = itertools.count(1)


def build() -> World:
    # The newcomer follows nobody. The locked person signs in with a second factor.
    # Nobody may have the name of an administrator, so each world has one of another name.
    admin = f"Ines Okafor {next(_numbers)}"
    names = ("Ada Lovelace", "Ben Ōsaka", "Chi", "Dan Ó Briain", "Nia", "Mel", admin)
    world = World(*map(someone, names), factories.topic("tides"))
    ada = world.ada
    topics.describe(ada, world.topic, title="Tides", description="How the sea answers the moon.")
    profile = Profile(
        ada.name,
        "I compute *tides*.",
        (Link("Notes", "https://notes.example/ada"),),
        ("sums",),
        ("seas",),
    )
    people.describe(ada, profile)
    befriend(world)
    converse(world)
    meet(world)
    lock(world)
    look_after(world)
    wait_until(lambda: not Delivery.objects.exists(), "the worker has told everybody", 30)
    return world


def befriend(world: World) -> None:
    """Follows in both directions, a request, a mute and a block."""
    factories.follow(world.ada, world.ben)
    factories.follow(world.ada, world.topic)
    factories.follow(world.ben, world.ada)
    factories.follow(world.ada, world.dan)
    world.friends = lists.create(world.ada, "Friends by the sea")
    follows.deliver(world.ada, world.dan.stream, place=world.friends)
    people.set_privacy(world.ada, Privacy(approves_followers=True, hides_follows=False))
    follows.follow(world.chi, world.ada.stream)
    mutes.mute_word(world.ada, "spoiler")
    mutes.mute_topic(world.ada, factories.topic("football"))
    blocks.block(world.ada, factories.person(name="Eve"))


def converse(world: World) -> None:
    """A thread with replies to replies, likes, bookmarks, a poll and a message."""
    ada, ben, chi, dan = world.ada, world.ben, world.chi, world.dan
    world.post = factories.post(ben, TEXT, title="Two tides a day, and why")
    world.answer = factories.comment(ada, world.post, f"Because it falls **less**, @{ben.handle}.")
    deeper = factories.comment(chi, world.answer, "And the sun does the same, by half.")
    for author in (ben, dan, ada):
        deeper = factories.comment(author, deeper, f"A longer answer, and a word that does not break: {LONG}")
    gone = factories.comment(dan, world.post, "Never mind.")
    factories.comment(ben, gone, "I do mind.")
    posts.delete(dan, gone)
    world.own = factories.post(ada, "What I *said* at first. #tides", summary="How the riddle ends")
    edits.edit(ada, world.own, Draft("What I say now. #tides", summary="How the riddle ends"))
    for other in (ben, chi):
        likes.like(other, world.own)
    reshares.reshare(ben, world.own)
    factories.post(ben, "Read this again.", quotes=world.own)
    factories.comment(ben, world.own, f"Thank you, @{ada.handle}.")
    reshares.reshare(ben, factories.post(dan, "Dan knows the harbour. #harbours"))
    bookmarks.save(ada, world.post)
    bookmarks.save(ada, world.answer)
    world.poll = factories.poll(ben, "Neap", "Spring", text="Which tide is *lower*?")
    world.message = factories.post(
        ben, "Shall we measure together?", audience=Post.Audience.DIRECT, to=(ada,)
    )
    factories.comment(ada, world.message, "Yes. On Sunday.")


def meet(world: World) -> None:
    """Groups: one of Ada's with a join request, and one where Ada has asked to join."""
    rules = "1. Say where.\n2. Say when."
    number = next(_numbers)
    name = f"Tide watchers {number}"
    draft = GroupDraft(name, Group.Kind.REQUEST, "We read gauges.", rules, shows_presence=True)
    world.group = create(world.ada, draft)
    factories.join(world.ben, world.group)
    memberships.join(world.dan, world.group)
    thread = factories.post(world.ben, "Tonight's readings, anyone?", group=world.group)
    factories.comment(world.ben, thread, "4.1 m at Holyhead.")
    world.invitation = invitations.invite(world.ada, world.group).token
    world.asked = create(world.chi, GroupDraft(f"Moon gazers {number}", Group.Kind.REQUEST))
    memberships.join(world.ada, world.asked)
    create(world.dan, GroupDraft(f"Harbour talk {number}"))


def lock(world: World) -> None:
    assert world.locked.user is not None
    TOTP.activate(world.locked.user, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(world.locked.user)


def look_after(world: World) -> None:
    """An administrator, with links for others."""
    administrators.appoint(world.admin)
    admin = site.fresh(world.admin)
    site.invitation(admin, f"Year 9 and {LONG[:60]}", uses=28)
    world.site_invitation = site.invitation(admin, uses=2).token
