"""The rule in memory equals the SQL of pages after any acts, and each change of rights is announced."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from unittest import mock

import pytest
from hypothesis import settings
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from feeds.feed import Feed
from feeds.reading import entries
from network.actions import (
    blocks,
    follows,
    groups,
    likes,
    lists,
    memberships,
    mutes,
    people,
    posts,
    reshares,
    threads,
    topics,
)
from network.actions.groups import GroupDraft
from network.actions.people import Privacy
from network.errors import KithError
from network.models import Activity, Follow, Group, Person, Post, Publication, Site
from network.queries import rights as sql
from realtime.announcing import announcements
from realtime.protocol import messages
from realtime.protocol.messages import EVERYBODY, Message
from realtime.protocol.places import Place
from realtime.visibility import filtering, invalidation, loading, rights
from realtime.visibility.rights import Rights
from tests.state_machines import DEEP, QUICK, ActionMachine, SiteRules
from tests.support import factories


class Process:
    """A process that keeps the rights of some people current by announcements alone."""

    def __init__(self, watched: list[int]) -> None:
        self.watched = watched
        self.known = rights.load(watched)
        self.nobody = rights.of_nobody()
        self.received = Activity.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    def receive(self) -> None:
        for activity in Activity.objects.filter(pk__gt=self.received).order_by("pk"):
            self.received = activity.pk
            if activity.post_id is None:
                named = invalidation.people_affected_by(activity)
                invalid = self.watched if EVERYBODY in named else set(named).intersection(self.watched)
                self.known |= rights.load(invalid)
                if invalidation.changes_site(activity):
                    self.nobody = rights.of_nobody()


def entries_announced() -> list[Message]:
    published = Activity.objects.filter(pk__in=Publication.objects.values("activity"))
    said = announcements.messages_of(list(published.select_related("post")))
    return [message for message in said if message.type == "entry"]


def compare(watched: list[int]) -> None:
    """Compare SQL and memory, for each person and for nobody: readable posts, mutes, and the entries of feeds."""
    visibilities = loading.load_visibility(Post.objects.values_list("pk", flat=True))
    said = entries_announced()
    for viewer, known in viewers(watched):
        may = set(Post.objects.filter(sql.may_read(viewer)).values_list("pk", flat=True))
        assert {post for post, of in visibilities.items() if filtering.may_read(known, of)} == may, viewer
        if viewer is None:
            assert not any(filtering.in_feed(known, Place("home"), entry) for entry in said)
            continue
        wanted = set(Post.objects.filter(sql.not_muted(viewer)).values_list("pk", flat=True))
        assert {
            post for post, of in visibilities.items() if filtering.not_muted(known, of, of.author)
        } == wanted, viewer
        for place, feed in feeds_of(viewer):
            stands = set(entries.of_feed(feed).values_list("activity", flat=True))
            assert {entry.id for entry in said if filtering.in_feed(known, place, entry)} == stands, feed
            brings = set(
                viewer.follows.filter(feed.follows(), state="accepted").values_list("stream", flat=True)
            )
            assert set(filtering.goes_to(known, place)) == brings, feed
    for entry in said:
        assert messages.decode(entry.encode()) == entry


def feeds_of(viewer: Person) -> list[tuple[Place, Feed]]:
    """Home, its parts and each list: the place of a page, and the feed of the SQL."""
    parts = {"people": "person", "topics": "topic", "groups": "group"}
    return [
        (Place("home"), Feed(viewer)),
        *((Place(name), Feed(viewer, kind=kind)) for name, kind in parts.items()),
        *((Place("list", own.pk), Feed(viewer, list=own.pk)) for own in viewer.lists.all()),
    ]


def viewers(watched: list[int]) -> list[tuple[Person | None, Rights]]:
    loaded = rights.load(watched)
    return [
        (None, rights.of_nobody()),
        *((person, loaded[person.pk]) for person in Person.objects.filter(pk__in=watched)),
    ]


class Frames(ActionMachine, SiteRules):
    @initialize()
    def begin(self) -> None:
        self.process = Process(self.people)

    @invariant()
    def announcements_keep_rights_current(self) -> None:
        self.process.receive()
        assert self.process.known == rights.load(self.people)
        assert self.process.nobody == rights.of_nobody()

    @rule()
    def look(self) -> None:
        """It is slow, so it runs now and then, and at the end."""
        compare(self.people)

    def teardown(self) -> None:
        try:
            self.look()
        finally:
            super().teardown()


@pytest.mark.django_db
def test_memory_and_sql_agree():
    run_state_machine_as_test(Frames, settings=settings(QUICK, max_examples=6))


@pytest.mark.slow
@pytest.mark.django_db
def test_memory_and_sql_agree_for_long():
    run_state_machine_as_test(Frames, settings=DEEP)


@pytest.mark.django_db
def test_memory_and_sql_agree_where_every_rule_decides():
    """Each rule decides about some post."""
    ada, ben, chi, dan, eve = everybody = [factories.person(name, approves=name == "eve") for name in NAMES]
    for follower, followed in (
        (ben, ada),
        (chi, ada),
        (dan, ben),
        (ada, eve),
        (chi, factories.topic("tides")),
    ):
        factories.follow(follower, followed)
    follows.follow(dan, eve.stream)
    made = [factories.group(ada, kind, ben) for kind in Group.Kind]
    for group in made:
        factories.join(chi, group, Follow.Role.MODERATOR)
    roots = [
        *(
            factories.post(author, "A #tides spoiler", audience=audience)
            for author in (ada, eve)
            for audience in OPEN
        ),
        *(
            factories.post(author, "In a group #tides", group=group)
            for author in (ada, ben)
            for group in made
        ),
        factories.post(ada, "To you", audience=Post.Audience.DIRECT, to=(ben, chi)),
    ]
    for root in roots:
        for author in everybody:
            with suppress(KithError):
                say_something(author, root, ada)
    compare([one.pk for one in everybody])
    Site.objects.create(pk=1, is_open=False)
    compare([one.pk for one in everybody])
    with planted_in_memory(), pytest.raises(AssertionError):
        compare([one.pk for one in everybody])
    Site.objects.update(is_open=True)
    blocks.block(dan, ada)
    blocks.block(chi, eve)
    blocks.block(chi, ben)
    compare([one.pk for one in everybody])
    follows.deliver(ben, ada.stream, place=Follow.Place.HOME, comments=Follow.Comments.NONE, reshares=False)
    follows.deliver(dan, ben.stream, place=Follow.Place.DIGEST)
    friends = lists.create(chi, "Friends")
    follows.deliver(chi, ada.stream, place=friends, reshares=False)
    follows.deliver(chi, made[0].stream, place=friends)
    mutes.mute_person(ben, eve)
    mutes.mute_topic(chi, factories.topic("tides"))
    mutes.mute_thread(ada, roots[0])
    mutes.mute_word(dan, "spoiler")
    compare([one.pk for one in everybody])


def planted_in_memory() -> Any:
    """A process that forgets that the server is closed."""
    return mock.patch("realtime.visibility.rights.site.is_open", return_value=True)


NAMES = ("ada", "ben", "chi", "dan", "eve")
OPEN = (Post.Audience.PUBLIC, Post.Audience.UNLISTED, Post.Audience.FOLLOWERS)


def say_something(author: Person, root: Post, ada: Person) -> None:
    """A comment that stays, is hidden or is deleted, and a reshare where that is allowed."""
    said = factories.comment(author, root, f"{author.name} says")
    if author.handle == "ben" and root.author_id == ada.pk:
        threads.hide_comment(ada, said)
    elif author.handle == "chi" and root.author_id != ada.pk:
        posts.delete(author, said)
    reshares.reshare(author, root)


@pytest.mark.django_db
def test_each_act_that_changes_rights_names_the_people_concerned():
    ada, ben, chi, dan, eve = [factories.person(name, approves=name == "eve") for name in NAMES]
    tides, moon = factories.topic("tides"), factories.topic("moon")
    by_request = factories.group(ada, Group.Kind.REQUEST, ben)
    opened = factories.group(ada, Group.Kind.OPEN)
    friends = lists.create(ben, "Friends")
    process = Process([one.pk for one in (ada, ben, chi, dan, eve)])
    for act in (
        lambda: follows.follow(ben, ada.stream),
        lambda: follows.follow(ben, tides.stream),
        lambda: topics.merge(ada, tides, moon),
        lambda: follows.follow(chi, eve.stream),
        lambda: follows.accept(eve, chi),
        lambda: follows.follow(dan, eve.stream),
        lambda: people.set_privacy(eve, Privacy(approves_followers=False, hides_follows=False)),
        lambda: follows.deliver(chi, eve.stream, place=Follow.Place.DIGEST, comments=Follow.Comments.NONE),
        lambda: follows.deliver(ben, ada.stream, place=friends),
        lambda: lists.delete(ben, friends.pk),
        lambda: follows.remove_follower(eve, chi),
        lambda: follows.unfollow(ben, moon.stream),
        lambda: memberships.join(chi, by_request),
        lambda: memberships.accept(ada, by_request, chi),
        lambda: memberships.give_role(ada, by_request, chi, Follow.Role.MODERATOR),
        lambda: memberships.remove(chi, by_request, ben),
        lambda: memberships.leave(chi, by_request),
        lambda: memberships.join(dan, opened),
        lambda: groups.create(dan, GroupDraft("Another")),
        lambda: follows.follow(ada, ben.stream),
        lambda: blocks.block(ada, ben),
        lambda: blocks.unblock(ada, ben),
        lambda: mutes.mute_person(ada, chi),
        lambda: mutes.mute_topic(ada, moon),
        lambda: mutes.mute_word(ada, "spoiler"),
        lambda: mutes.unmute(ada, ada.mutes.get(topic=moon)),
    ):
        act()
        process.receive()
        assert process.known == rights.load(process.watched)
    factories.post(ada, "Said, thanked, and of no matter to rights")
    likes.like(chi, Post.objects.get())
    process.receive()
    assert process.known == rights.load(process.watched)


@pytest.mark.django_db
def test_rights_take_three_queries_for_any_number_of_people(django_assert_num_queries):
    with django_assert_num_queries(3):
        rights.load(range(1, 500))
