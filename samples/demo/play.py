"""Turn the script of the demo into acts, each with its time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.contrib.auth.hashers import make_password

from network import text
from network.actions import (
    follows,
    groups,
    invitations,
    likes,
    lists,
    memberships,
    people,
    polls,
    posts,
    reshares,
    topics,
    watches,
)
from network.actions.drafts import Draft, PollDraft
from network.actions.groups import GroupDraft
from network.actions.links import Link
from network.actions.people import Privacy, Profile
from network.models import Follow, Group, Person, Post, Stream, Topic, User
from samples.demo.script import Circle, Question, Quote, Remark, Script, Someone, Subject, Thread

# The password of everybody in the demo. It is no secret, and protects nothing.
PASSWORD = "limpets-go-home"  # noqa: S105
VISITOR = "noor"

# People, topics, follows and groups come before the first thread.
BEFORE = timedelta(days=30)
RECENTLY = timedelta(minutes=2)


@dataclass(frozen=True)
class Act:
    moment: datetime
    what: str
    do: Callable[[], object]


class Play:
    """The acts of a script, and the rows that they have made so far."""

    def __init__(self, script: Script, now: datetime) -> None:
        self.script, self.now = script, now
        self.opening = min(self._written(thread) for thread in script.threads) - BEFORE
        self.people: dict[str, Person] = {}
        self.topics: dict[str, Topic] = {}
        self.groups: dict[str, Group] = {}
        self.posts: dict[tuple[str, str], Post] = {}

    def acts(self) -> list[Act]:
        """Return all acts, sorted by time; at the same time in the order of the script."""
        acts = [*self._people(), *self._topics(), *self._follows(), *self._groups(), *self._choices()]
        for thread in self.script.threads:
            acts += self._thread(thread)
        return sorted(acts, key=lambda act: act.moment)

    def _people(self) -> Iterator[Act]:
        password = make_password(PASSWORD)
        for number, someone in enumerate(self.script.people):
            at = self.opening + timedelta(hours=8 * number)
            yield Act(at, someone.handle, partial(self._register, someone, password))

    def _topics(self) -> Iterator[Act]:
        for number, subject in enumerate(self.script.topics):
            at = self.opening + timedelta(days=14, hours=number)
            yield Act(at, subject.name, partial(self._name, subject))

    def _follows(self) -> Iterator[Act]:
        at = self.opening + timedelta(days=16)
        for someone in self.script.people:
            for handle in someone.follows:
                at += timedelta(minutes=9)
                yield Act(at, f"{someone.handle} follows {handle}", partial(self._follow, someone, handle))
            for name in someone.topics:
                at += timedelta(minutes=3)
                yield Act(at, f"{someone.handle} follows {name}", partial(self._follow_topic, someone, name))

    def _groups(self) -> Iterator[Act]:
        for number, circle in enumerate(self.script.groups):
            at = self.opening + timedelta(days=22, hours=6 * number)
            yield Act(at, circle.name, partial(self._found, circle))
            for later, request in enumerate(circle.requests):
                at = self.now - timedelta(hours=5, minutes=7 * later)
                yield Act(
                    at, f"a request to {circle.name}", partial(self._request, request["handle"], circle)
                )

    def _choices(self) -> Iterator[Act]:
        at = self.opening + timedelta(days=28)
        for someone in self.script.people:
            for name in someone.digest:
                at += timedelta(minutes=1)
                yield Act(at, f"{name} to the digest of {someone.handle}", partial(self._send, someone, name))
            for name in someone.watches:
                at += timedelta(minutes=1)
                yield Act(at, f"{someone.handle} watches {name}", partial(self._watch, someone, name))
            for title, names in someone.lists.items():
                at += timedelta(minutes=1)
                yield Act(at, f"{someone.handle} makes {title}", partial(self._make_list, someone, title))
                for name in names:
                    at += timedelta(minutes=1)
                    yield Act(at, f"{name} into {title}", partial(self._put, someone, name, title))

    def _thread(self, thread: Thread) -> Iterator[Act]:
        written, what = self._written(thread), f"the thread {thread.key}"
        yield Act(written, what, partial(self._post, thread))
        yield from self._thanks(written, thread.thanks, (thread.key, ""))
        for remark in thread.comments:
            at = self._after(written, remark.minutes_after)
            yield Act(at, f"{what}, {remark.key}", partial(self._comment, thread, remark))
            yield from self._thanks(at, remark.thanks, (thread.key, remark.key))
        for quote in thread.quotes:
            at = self._after(written, quote.minutes_after)
            yield Act(at, f"{quote.author} quotes {what}", partial(self._quote, thread, quote))
        for number, who in enumerate(thread.resharers):
            at = self._after(written, 10 + 17 * number)
            yield Act(at, f"{who} reshares {what}", partial(self._reshare, thread, who))
        if thread.poll is not None:
            for number, (who, positions) in enumerate(thread.poll.votes.items()):
                at = self._after(written, 3 + 5 * number)
                yield Act(at, f"{who} votes in {what}", partial(self._vote, thread, who, positions))

    def _thanks(self, written: datetime, people: list[str], post: tuple[str, str]) -> Iterator[Act]:
        for number, who in enumerate(people):
            at = self._after(written, 4 + 11 * number)
            yield Act(at, f"{who} thanks for {' '.join(post)}", partial(self._thank, who, post))

    def _written(self, thread: Thread) -> datetime:
        return self.now - timedelta(hours=thread.hours_ago)

    def _after(self, moment: datetime, minutes: float) -> datetime:
        """Return `moment` plus some minutes, but not the future."""
        return min(moment + timedelta(minutes=minutes), self.now - RECENTLY)

    def _register(self, someone: Someone, password: str) -> None:
        user = User.objects.create(username=someone.handle, password=password)
        person = people.register(someone.handle, someone.name, user=user)
        people.describe(
            person,
            Profile(
                name=someone.name,
                bio=someone.bio,
                links=tuple(Link(**link) for link in someone.links),
                knows=tuple(someone.knows),
                wants=tuple(someone.wants),
                language=someone.language,
            ),
        )
        if someone.approves_followers:
            people.set_privacy(person, Privacy(approves_followers=True, hides_follows=False))
        self.people[someone.handle] = person

    def _name(self, subject: Subject) -> None:
        editor = self.people[VISITOR]
        topic = self._topic(subject.name)
        topics.describe(editor, topic, title=subject.title, description=subject.description)
        self.topics[subject.name] = topic
        for alias in subject.aliases:
            topics.merge(editor, self._topic(alias), topic)

    def _topic(self, written: str) -> Topic:
        name = text.topic_name(written)
        if name is None:
            raise ValueError(f"#{written} is not a topic")
        return topics.named([name])[name]

    def _follow(self, someone: Someone, handle: str) -> None:
        person, followed = self.people[someone.handle], self.people[handle]
        if follows.follow(person, followed.stream).state == Follow.State.REQUESTED:
            follows.accept(followed, person)

    def _follow_topic(self, someone: Someone, name: str) -> None:
        follows.follow(self.people[someone.handle], self.topics[name].stream)

    def _send(self, someone: Someone, name: str) -> None:
        stream = self.topics[name].stream
        follows.deliver(self.people[someone.handle], stream, place=Follow.Place.DIGEST)

    def _watch(self, someone: Someone, name: str) -> None:
        watches.watch_stream(self.people[someone.handle], self._stream(name), watches.Level.ALL)

    def _make_list(self, someone: Someone, title: str) -> None:
        lists.create(self.people[someone.handle], title)

    def _put(self, someone: Someone, name: str, title: str) -> None:
        owner = self.people[someone.handle]
        follows.deliver(owner, self._stream(name), place=owner.lists.get(name=title))

    def _stream(self, name: str) -> Stream:
        """Return the stream of a group by slug, a topic by name or a person by handle."""
        what: Group | Topic | Person = self.groups.get(name) or self.topics.get(name) or self.people[name]
        return what.stream

    def _found(self, circle: Circle) -> None:
        owner = self.people[circle.owner]
        draft = GroupDraft(
            circle.name, Group.Kind(circle.kind), circle.description, circle.rules, circle.shows_presence
        )
        group = self.groups[circle.slug] = groups.create(owner, draft)
        invitation = invitations.invite(owner, group)
        for handle in (*circle.moderators, *circle.members):
            invitations.accept(self.people[handle], invitation)
        for handle in circle.moderators:
            memberships.give_role(owner, group, self.people[handle], Follow.Role.MODERATOR)
        invitations.withdraw(owner, invitation)

    def _request(self, handle: str, circle: Circle) -> None:
        memberships.join(self.people[handle], self.groups[circle.slug])

    def _post(self, thread: Thread) -> None:
        draft = Draft(
            thread.text,
            title=thread.title,
            summary=thread.summary,
            language=thread.language,
            audience=Post.Audience(thread.audience),
            group=self.groups[thread.group] if thread.group else None,
            to=tuple(self.people[handle] for handle in thread.to),
            poll=_poll(thread.poll) if thread.poll is not None else None,
        )
        self.posts[thread.key, ""] = posts.publish(self.people[thread.author], draft)

    def _comment(self, thread: Thread, remark: Remark) -> None:
        parent = self.posts[thread.key, remark.parent]
        draft = Draft(remark.text, language=remark.language, parent=parent)
        self.posts[thread.key, remark.key] = posts.publish(self.people[remark.author], draft)

    def _quote(self, thread: Thread, quote: Quote) -> None:
        quoted = self.posts[thread.key, ""]
        posts.publish(self.people[quote.author], Draft(quote.text, language=quote.language, quotes=quoted))

    def _reshare(self, thread: Thread, who: str) -> None:
        reshares.reshare(self.people[who], self.posts[thread.key, ""])

    def _vote(self, thread: Thread, who: str, positions: list[int]) -> None:
        polls.vote(self.people[who], self.posts[thread.key, ""], positions)

    def _thank(self, who: str, post: tuple[str, str]) -> None:
        likes.like(self.people[who], self.posts[post])


def _poll(question: Question) -> PollDraft:
    closes = timedelta(hours=question.closes_in_hours)
    return PollDraft(tuple(question.options), open_for=closes, multiple=question.multiple)
