"""How soon a person who lost a right gets no further frame: two processes, and a post every 20 ms."""

from __future__ import annotations

import itertools
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import pytest
from django.db import connection

from network.actions import blocks, edits, follows, groups, memberships, mutes, posts, threads
from network.actions.drafts import Draft
from network.actions.groups import GroupDraft
from network.errors import KithError
from network.models import Group, Person, Post
from tests.realtime.hub.test_losing_rights import change_password, deactivate, sign_out
from tests.support import factories
from tests.support.realtime.pages import session_of
from tests.support.realtime.sockets import Server, Socket, server
from tests.support.waiting import wait_until

EVERY = 0.02  # seconds
AT_LATEST = 1.0
WATCHED = 1.5
TELLS = ("entry", "comment", "changed")

numbers = itertools.count(1)


class Case:
    """Ada writes in a place that Ben and Chi watch. Ben loses the right to see it; Chi may keep it."""

    def __init__(self) -> None:
        number = next(numbers)
        self.ada, self.ben, self.chi = (
            factories.user(f"{name}{number}").person for name in ("ada", "ben", "chi")
        )
        for follower in (self.ben, self.chi):
            factories.follow(follower, self.ada)
        self.root = factories.post(self.ada)
        self.comment = factories.comment(self.chi, self.root)
        self.hidden = factories.group(self.ada, Group.Kind.HIDDEN, self.ben, self.chi)
        self.open = factories.group(self.ada, Group.Kind.OPEN, self.chi)
        self.session = session_of(self.ben)

    def say(self) -> None:
        factories.post(self.ada)

    def answer(self) -> None:
        factories.comment(self.ada, self.root)

    def edit(self, author: Person, post: Post) -> None:
        edits.edit(author, post, Draft(f"As it reads at {time.monotonic()}."))

    def narrow(self) -> None:
        follows.unfollow(self.ben, self.ada.stream)
        edits.edit(self.ada, self.root, Draft(self.root.text, audience=Post.Audience.FOLLOWERS))


Act = Callable[[Case], object]


@dataclass(frozen=True)
class Loss:
    """The act that takes a right away, what is written meanwhile and where, and whether Chi still gets it."""

    lose: Act
    speak: Act = Case.say
    place: Callable[[Case], str] = lambda case: "home"
    chi_keeps_it: bool = True


def in_thread(lose: Act, speak: Act = Case.answer, *, chi_keeps_it: bool = True) -> Loss:
    return Loss(lose, speak, lambda case: f"thread:{case.root.pk}", chi_keeps_it)


def in_group(which: str, lose: Act) -> Loss:
    return Loss(
        lose,
        lambda case: factories.post(case.ada, group=getattr(case, which)),
        lambda case: f"group:{getattr(case, which).pk}",
    )


LOSSES = {
    "blocks": Loss(lambda case: blocks.block(case.ben, case.ada)),
    "is blocked": Loss(lambda case: blocks.block(case.ada, case.ben)),
    "is blocked, in a thread": in_thread(lambda case: blocks.block(case.ada, case.ben)),
    "unfollows": Loss(lambda case: follows.unfollow(case.ben, case.ada.stream)),
    "is removed as a follower": Loss(lambda case: follows.remove_follower(case.ada, case.ben)),
    "mutes somebody": Loss(lambda case: mutes.mute_person(case.ben, case.ada)),
    "mutes a thread": Loss(lambda case: mutes.mute_thread(case.ben, case.root), Case.answer),
    "leaves a group": in_group("hidden", lambda case: memberships.leave(case.ben, case.hidden)),
    "is removed from a group": in_group(
        "hidden", lambda case: memberships.remove(case.ada, case.hidden, case.ben)
    ),
    "a group closes itself off": in_group(
        "open",
        lambda case: groups.edit(case.ada, case.open, GroupDraft(case.open.name, Group.Kind.REQUEST)),
    ),
    "an audience is narrowed": in_thread(Case.narrow),
    "a post is deleted": in_thread(
        lambda case: posts.delete(case.ada, case.root),
        lambda case: case.edit(case.ada, case.root),
        chi_keeps_it=False,
    ),
    "a comment is hidden": in_thread(
        lambda case: threads.hide_comment(case.ada, case.comment),
        lambda case: case.edit(case.chi, case.comment),
        chi_keeps_it=False,
    ),
    "signs out": Loss(lambda case: sign_out(case.session)),
    "has a new password": Loss(lambda case: change_password(case.ben)),
    "is deactivated": Loss(lambda case: deactivate(case.ben)),
}


class Listener(threading.Thread):
    """Records the arrival of each frame about a post."""

    def __init__(self, socket: Socket) -> None:
        super().__init__()
        self.socket = socket
        self.came: list[float] = []
        socket.next("ready")
        self.start()

    def run(self) -> None:
        with suppress(OSError, ValueError):  # it is closed
            for frame in self.socket.frames():
                if frame["type"] in TELLS:
                    self.came.append(time.monotonic())


@contextmanager
def speaking(case: Case, loss: Loss) -> Iterator[None]:
    """Somebody writes every 20 ms, or tries to."""
    over = threading.Event()

    def speak() -> None:
        while not over.wait(EVERY):
            with suppress(KithError):
                loss.speak(case)
        connection.close()

    speaker = threading.Thread(target=speak)
    speaker.start()
    try:
        yield
    finally:
        over.set()
        speaker.join()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_nothing_arrives_a_second_after_a_right_is_lost():
    late = []
    with server() as one, server() as two:
        say(f"{'':28}one process     another")
        for what, loss in LOSSES.items():
            took = seconds_to_the_last_frame(what, loss, (one, two))
            say(f"{what:28}" + "".join(f"{seconds * 1000:8.0f} ms " for seconds in took))
            late += [what] if max(took) > AT_LATEST else []
    assert not late


def seconds_to_the_last_frame(what: str, loss: Loss, servers: tuple[Server, Server]) -> list[float]:
    """From the beginning of the act to the last frame that Ben got, in each process; 0 for none after it."""
    case = Case()
    place, session = loss.place(case), session_of(case.chi)
    sockets = [one.open(case.session).watch(place) for one in servers]
    sockets += [one.open(session).watch(place) for one in servers]
    listeners = [Listener(socket) for socket in sockets]
    try:
        with speaking(case, loss):
            wait_until(lambda: all(len(one.came) > 5 for one in listeners), "all get what is written")
            began = time.monotonic()
            loss.lose(case)
            wait_until(lambda: time.monotonic() > began + WATCHED, "time to be late has passed")
    finally:
        for listener in listeners:
            listener.socket.shut()
        for listener in listeners:
            listener.join()
    if loss.chi_keeps_it:
        assert all(one.came[-1] > began + AT_LATEST for one in listeners[2:]), (
            f"{what}: the others still get frames"
        )
    return [max(0.0, one.came[-1] - began) for one in listeners[:2]]


def say(what: str) -> None:
    sys.stdout.write(f"\n{what}")
