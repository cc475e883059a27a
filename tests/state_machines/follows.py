"""Rules: follows and their delivery, lists, blocks and mutes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from network.actions import blocks, follows, lists, mutes, people
from network.models import Follow, List, Mute, Stream
from tests.state_machines.base import BaseMachine, back, pick, spells, which, who


class FollowRules(BaseMachine):
    @rule(person=who, other=who, act=st.sampled_from((follows.follow, follows.follow, follows.unfollow)))
    def follow_person(self, person: int, other: int, act: Any) -> None:
        self.attempt(act, self.person(person), self.person(other).stream)

    @rule(person=who, topic=which, act=st.sampled_from((follows.follow, follows.follow, follows.unfollow)))
    def follow_topic(self, person: int, topic: int, act: Any) -> None:
        self.attempt(act, self.person(person), self.topic(topic).stream)

    @rule(person=who, other=who, act=st.sampled_from((follows.accept, follows.remove_follower)))
    def answer_request(self, person: int, other: int, act: Any) -> None:
        self.attempt(act, self.person(person), self.person(other))

    @rule(person=who, approves=st.booleans())
    def set_privacy(self, person: int, approves: bool) -> None:
        self.attempt(people.set_privacy, self.person(person), people.Privacy(approves, hides_follows=False))

    @rule(
        person=who,
        follow=back,
        place=st.sampled_from(("home", "home", "digest", "list", "list")),
        comments=st.sampled_from(list(Follow.Comments)),
        reshares=st.booleans(),
        folds=st.booleans(),
    )
    def deliver(
        self, person: int, follow: int, place: str, comments: Follow.Comments, reshares: bool, folds: bool
    ) -> None:
        streams = list(Stream.objects.filter(follows__follower=self.people[person]).order_by("pk"))
        stream = pick(streams, follow)
        into = pick(self.lists(person), follow) if place == "list" else Follow.Place(place)
        if stream is not None and into is not None:
            self.attempt(
                follows.deliver,
                self.person(person),
                stream,
                place=into,
                comments=comments,
                reshares=reshares,
                folds=folds,
            )

    @rule(person=who, name=st.sampled_from(("Friends", "Work")))
    def make_list(self, person: int, name: str) -> None:
        self.attempt(lists.create, self.person(person), name)

    @rule(person=who, which=which, sure=st.booleans())
    def delete_list(self, person: int, which: int, sure: bool) -> None:
        found = pick(self.lists(person), which)
        if found is not None and sure:
            self.attempt(lists.delete, self.person(person), found.pk)

    def lists(self, person: int) -> list[List]:
        return list(List.objects.filter(owner=self.people[person]).order_by("pk"))

    @rule(person=who, other=who, act=st.sampled_from((blocks.block, blocks.unblock, blocks.unblock)))
    def block(self, person: int, other: int, act: Any) -> None:
        self.attempt(act, self.person(person), self.person(other))

    @rule(person=who, other=who, until=spells)
    def mute_person(self, person: int, other: int, until: timedelta | None) -> None:
        self.attempt(mutes.mute_person, self.person(person), self.person(other), until=until)

    @rule(person=who, topic=which, until=spells)
    def mute_topic(self, person: int, topic: int, until: timedelta | None) -> None:
        self.attempt(mutes.mute_topic, self.person(person), self.topic(topic), until=until)

    @rule(person=who, post=back, until=spells)
    def mute_thread(self, person: int, post: int, until: timedelta | None) -> None:
        found = self.post(post)
        if found is not None:
            self.attempt(mutes.mute_thread, self.person(person), found, until=until)

    @rule(person=who, word=st.sampled_from(("Spoiler", "gossip", "tides")), until=spells)
    def mute_word(self, person: int, word: str, until: timedelta | None) -> None:
        self.attempt(mutes.mute_word, self.person(person), word, until=until)

    @rule(person=who, mute=which)
    def unmute(self, person: int, mute: int) -> None:
        found = pick(list(Mute.objects.filter(person=self.people[person]).order_by("-pk")), mute)
        if found is not None:
            self.attempt(mutes.unmute, self.person(person), found)
