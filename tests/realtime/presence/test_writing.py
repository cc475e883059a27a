"""Who is shown writing."""

from __future__ import annotations

import time
from typing import Any

import pytest
from asgiref.sync import sync_to_async as off

from network.actions import blocks, threads
from network.models import Group, Person, Post
from realtime.hub.switchboard import Switchboard
from tests.support import factories
from tests.support.realtime.pages import open_page, with_limits
from tests.support.realtime.rosters import at, here, named, quiet, write, writing

WRITING_FOR = 60.0  # seconds


class Clock:
    """The clock of presence. A test may advance it."""

    ahead = 0.0  # seconds

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("realtime.presence.presence.time", made)
    return made


@with_limits(writing_for=WRITING_FOR, forgotten_after=600.0)
async def test_writing_is_shown_for_a_while(
    group: Group, ada: Person, ben: Person, board: Switchboard, other_board: Switchboard, clock: Clock
):
    post = await off(factories.post)(ada, group=group)
    in_group, in_thread = [
        await open_page(board, ada, place) for place in (f"group:{group.pk}", f"thread:{post.pk}")
    ]
    [ben_s] = await at(group, other_board, ben)
    await here(in_group, "Ben")
    await write(ben_s)
    frame = await writing(in_group, ben)
    assert [one["name"] for one in frame["people"]] == ["Ben"]
    clock.ahead += WRITING_FOR
    await writing(in_group)
    await (await ben_s.watch(f"thread:{post.pk}")).ready()
    await here(in_thread, "Ben")
    await write(ben_s)
    await writing(in_thread, ben)
    clock.ahead += WRITING_FOR
    await writing(in_thread)
    assert [frame["writing"] for frame in await quiet(in_group) if frame["type"] == "here"] == []


async def test_a_person_who_may_not_write_is_not_shown_writing(
    group: Group, ada: Person, ben: Person, board: Switchboard, other_board: Switchboard
):
    post = await off(factories.post)(ada, group=group)
    ada_s = await open_page(board, ada, f"thread:{post.pk}")
    ben_s = await open_page(other_board, ben, f"thread:{post.pk}")
    await here(ada_s, "Ben")
    await here(ben_s, "Ada")
    await off(threads.say_who_may_comment)(ada, post, Post.Commenting.NOBODY)
    await write(ben_s)
    await here(ada_s)
    await here(ben_s)
    other = await open_page(other_board, ben, f"thread:{post.pk}")
    assert named(await quiet(ada_s, other)) == set()


@with_limits(writing_for=WRITING_FOR)
async def test_names_are_bounded_and_have_those_who_write(
    group: Group, ada: Person, board: Switchboard, other_board: Switchboard
):
    members = await off(lambda: [join(group, f"m{number:02}") for number in range(15)])()
    [ada_s] = await at(group, board, ada)
    theirs = await at(group, other_board, *members)
    await here(ada_s, *(person.name for person in members[:12]), more=3)
    await write(theirs[14])
    frame = await writing(ada_s, members[14])
    assert [one["name"] for one in frame["people"]] == [one.name for one in (*members[:11], members[14])]
    await off(blocks.block)(members[0], ada)
    await here(ada_s, *(person.name for person in (*members[1:12], members[14])), more=2)


def join(group: Group, handle: str) -> Person:
    person: Any = factories.user(handle).person
    factories.join(person, group)
    return person
