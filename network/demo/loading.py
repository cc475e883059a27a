"""Loading the demo: everything through the real actions, each at its own past time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from network import ids, text
from network.actions import (
    follows,
    groups,
    invitations,
    likes,
    memberships,
    people,
    polls,
    posts,
    reshares,
    topics,
)
from network.actions.drafts import Draft, PollDraft
from network.actions.groups import GroupDraft
from network.actions.people import Link, Privacy, Profile
from network.actions.recording import unannounced
from network.demo.script import Circle, Remark, Script, Someone, Subject, Thread
from network.models import Activity, Follow, Group, Person, Post, Topic, User

# Everybody in the demo signs in with it. It is no secret, and guards nothing.
PASSWORD = "limpets-go-home"  # noqa: S105
VISITOR = "noor"

# People come first, then what they follow, then the conversations.
BEFORE = timedelta(days=30)
RECENTLY = timedelta(minutes=2)


@dataclass(frozen=True)
class Act:
    moment: datetime
    what: str
    do: Callable[[], object]


class NotEmpty(Exception):
    """The database holds something else than the demo."""


def is_loaded(script: Script) -> bool:
    """Whether the demo is there already. Raises NotEmpty where something else is."""
    handles = [someone.handle for someone in script.people]
    if Person.objects.filter(handle__in=handles).count() == len(handles):
        return True
    if Activity.objects.exists():
        raise NotEmpty
    return False


@transaction.atomic
def load(script: Script, now: datetime, progress: Callable[[int, int], object]) -> None:
    """Load the demo into an empty database, wholly or not at all. `progress` is told done and all.

    One transaction may be longer than a site allows: nobody else is there yet.
    """
    acts = Play(script, now).acts()
    with unannounced():
        for done, act in enumerate(acts):
            progress(done, len(acts))
            try:
                with ids.at_moment(act.moment):
                    act.do()
            except Exception as error:
                error.add_note(f"in the demo: {act.what}")
                raise
    progress(len(acts), len(acts))


class Play:
    """The script with people who act it: what happens when."""

    def __init__(self, script: Script, now: datetime) -> None:
        self.script = script
        self.now = now
        self.opening = min(self._written(thread) for thread in script.threads) - BEFORE
        self.people: dict[str, Person] = {}
        self.topics: dict[str, Topic] = {}
        self.groups: dict[str, Group] = {}
        self.posts: dict[tuple[str, str], Post] = {}

    def acts(self) -> list[Act]:
        """Everything, in the order of its times; at the same time, in the order of the script."""
        acts = [*self._people(), *self._topics(), *self._follows(), *self._groups()]
        for thread in self.script.threads:
            acts += self._thread(thread)
        return sorted(acts, key=lambda act: act.moment)

    def _people(self) -> Iterator[Act]:
        password = make_password(PASSWORD)
        for number, someone in enumerate(self.script.people):
            at = self.opening + timedelta(hours=8 * number)
            yield Act(at, someone.handle, lambda someone=someone: self._register(someone, password))

    def _topics(self) -> Iterator[Act]:
        for number, subject in enumerate(self.script.topics):
            at = self.opening + timedelta(days=14, hours=number)
            yield Act(at, subject.name, lambda subject=subject: self._name(subject))

    def _follows(self) -> Iterator[Act]:
        at = self.opening + timedelta(days=16)
        for someone in self.script.people:
            for handle in someone.follows:
                at += timedelta(minutes=9)
                what = f"{someone.handle} follows {handle}"
                yield Act(at, what, lambda who=someone.handle, whom=handle: self._follow(who, whom))
            for name in someone.topics:
                at += timedelta(minutes=3)
                what = f"{someone.handle} follows #{name}"
                yield Act(
                    at,
                    what,
                    lambda who=someone.handle, name=name: follows.follow(
                        self.people[who], self.topics[name].stream
                    ),
                )

    def _groups(self) -> Iterator[Act]:
        for number, circle in enumerate(self.script.groups):
            at = self.opening + timedelta(days=22, hours=6 * number)
            yield Act(at, circle.name, lambda circle=circle: self._found(circle))
            for later, request in enumerate(circle.requests):
                asked = self.now - timedelta(hours=5, minutes=7 * later)
                who = request["handle"]
                yield Act(
                    asked,
                    f"{who} asks to join {circle.name}",
                    lambda who=who, slug=circle.slug: memberships.join(self.people[who], self.groups[slug]),
                )

    def _thread(self, thread: Thread) -> Iterator[Act]:
        written = self._written(thread)
        name = f"the thread {thread.key}"
        yield Act(written, name, lambda: self._post(thread))
        for remark in thread.comments:
            at = self._after(written, remark.minutes_after)
            yield Act(at, f"{name}, {remark.key}", lambda remark=remark: self._comment(thread, remark))
            for number, who in enumerate(remark.thanks):
                yield self._thanks(self._after(at, 4 + 9 * number), who, (thread.key, remark.key))
        for number, who in enumerate(thread.thanks):
            yield self._thanks(self._after(written, 6 + 13 * number), who, (thread.key, ""))
        for number, who in enumerate(thread.resharers):
            at = self._after(written, 10 + 17 * number)
            yield Act(at, f"{who} reshares {name}", lambda who=who: self._reshare(who, thread))
        for quote in thread.quotes:
            at = self._after(written, quote.minutes_after)
            draft = (quote.author, quote.text, quote.language)
            yield Act(at, f"{quote.author} quotes {name}", lambda draft=draft: self._quote(thread, *draft))
        if thread.poll is not None:
            for number, (who, positions) in enumerate(thread.poll.votes.items()):
                at = self._after(written, 3 + 5 * number)
                yield Act(
                    at,
                    f"{who} votes in {name}",
                    lambda who=who, positions=positions: polls.vote(
                        self.people[who], self.posts[thread.key, ""], positions
                    ),
                )

    def _thanks(self, at: datetime, who: str, post: tuple[str, str]) -> Act:
        what = f"{who} thanks for {' '.join(post)}"
        return Act(at, what, lambda: likes.like(self.people[who], self.posts[post]))

    def _written(self, thread: Thread) -> datetime:
        return self.now - timedelta(hours=thread.hours_ago)

    def _after(self, moment: datetime, minutes: float) -> datetime:
        """Some minutes later, and never in the time to come."""
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

    def _follow(self, who: str, whom: str) -> None:
        follow = follows.follow(self.people[who], self.people[whom].stream)
        if follow.state == Follow.State.REQUESTED:
            follows.accept(self.people[whom], self.people[who])

    def _found(self, circle: Circle) -> None:
        owner = self.people[circle.owner]
        draft = GroupDraft(circle.name, Group.Kind(circle.kind), circle.description, circle.rules)
        group = self.groups[circle.slug] = groups.create(owner, draft, slug=circle.slug)
        invitation = invitations.invite(owner, group)
        for handle in (*circle.moderators, *circle.members):
            invitations.accept(self.people[handle], invitation)
        for handle in circle.moderators:
            memberships.give_role(owner, group, self.people[handle], Follow.Role.MODERATOR)
        invitations.withdraw(owner, invitation)

    def _post(self, thread: Thread) -> None:
        poll = None
        if thread.poll is not None:
            asked = thread.poll
            closes = timedelta(hours=asked.closes_in_hours)
            poll = PollDraft(tuple(asked.options), open_for=closes, multiple=asked.multiple)
        draft = Draft(
            thread.text,
            title=thread.title,
            summary=thread.summary,
            language=thread.language,
            audience=Post.Audience(thread.audience),
            group=self.groups[thread.group] if thread.group else None,
            to=tuple(self.people[handle] for handle in thread.to),
            poll=poll,
        )
        self.posts[thread.key, ""] = posts.publish(self.people[thread.author], draft)

    def _comment(self, thread: Thread, remark: Remark) -> None:
        draft = Draft(
            remark.text, language=remark.language, parent=self.posts[thread.key, remark.parent]
        )
        self.posts[thread.key, remark.key] = posts.publish(self.people[remark.author], draft)

    def _quote(self, thread: Thread, who: str, words: str, language: str) -> None:
        quoted = self.posts[thread.key, ""]
        posts.publish(self.people[who], Draft(words, language=language, quotes=quoted))

    def _reshare(self, who: str, thread: Thread) -> None:
        reshares.reshare(self.people[who], self.posts[thread.key, ""])
