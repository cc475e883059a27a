"""Presence: who is shown to whom, in groups that show it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async as off

from network.actions import blocks, groups, memberships, people, posts, threads
from network.actions.groups import GroupDraft
from network.actions.people import Privacy, Profile
from network.models import Group, Person, Post
from realtime.hub.switchboard import Switchboard
from realtime.presence import permissions
from realtime.presence.permissions import PresenceRequest
from realtime.protocol.places import Place
from tests.support import factories
from tests.support.realtime.pages import Frame, Page, open_page, until, with_limits

Act = Callable[[Person, Group, Person], object]


@pytest.fixture
def group(ada: Person, ben: Person, chi: Person) -> Group:
    """Ada's, with Ben and Chi in it; it shows who is here."""
    made = factories.group(ada, Group.Kind.OPEN, ben, chi)
    return shows_presence(ada, made)


def shows_presence(owner: Person, group: Group, shows: bool = True) -> Group:
    return groups.edit(owner, group, GroupDraft(group.name, group.kind, shows_presence=shows))


def stay_out(person: Person, shows: bool = False) -> None:
    people.set_privacy(person, Privacy(False, False, shows_presence=shows))


async def here(page: Page, *names: str, more: int = 0) -> Frame:
    """The next roster with just these names. Fails if none comes."""
    while True:
        frame = await page.next("here")
        if ([one["name"] for one in frame["people"]], frame["more"]) == (list(names), more):
            return frame


async def writing(page: Page, *people: Person) -> Frame:
    while True:
        frame = await page.next("here")
        if frame["writing"] == [str(person.pk) for person in people]:
            return frame


async def at(group: Group, board: Switchboard, *people: Person) -> list[Page]:
    return [await open_page(board, person, f"group:{group.pk}") for person in people]


async def write(page: Page) -> None:
    await page.say({"v": 1, "type": "writing"})


async def test_people_see_each_other_come_and_go(
    group: Group, ada: Person, ben: Person, board: Switchboard, other_board: Switchboard
):
    [ada_s] = await at(group, board, ada)
    await here(ada_s)
    [ben_s] = await at(group, other_board, ben)
    frame = await here(ada_s, "Ben")
    assert frame["people"] == [{"id": str(ben.pk), "name": "Ben", "handle": "ben"}]
    await here(ben_s, "Ada")
    await ben_s.leave()
    await here(ada_s)


async def test_a_person_is_shown_once_until_the_last_page_is_closed(
    group: Group, ada: Person, ben: Person, board: Switchboard, other_board: Switchboard
):
    [ada_s] = await at(group, board, ada)
    first, second = await at(group, other_board, ben, ben)
    await here(ada_s, "Ben")
    await first.leave()
    await ada_s.watch(f"group:{group.pk}")
    await here(ada_s, "Ben")
    await second.leave()
    await here(ada_s)


async def test_a_threads_page_shows_who_is_in_the_thread_and_the_groups_page_who_is_in_the_group(
    group: Group, ada: Person, ben: Person, chi: Person, board: Switchboard, other_board: Switchboard
):
    one, other = [await off(factories.post)(ada, group=group) for _number in range(2)]
    [ada_s] = await at(group, board, ada)
    ben_s = await open_page(other_board, ben, f"thread:{one.pk}")
    chi_s = await open_page(other_board, chi, f"thread:{other.pk}")
    await here(ada_s, "Ben", "Chi")
    await here(ben_s)
    await (await chi_s.watch(f"thread:{one.pk}")).ready()
    await here(ben_s, "Chi")
    await here(chi_s, "Ben")
    await (await chi_s.watch("home")).ready()
    await here(chi_s)
    await here(ben_s)
    await here(ada_s, "Ben")


@with_limits(forgotten_after=1.5, announce_every=0.2)
async def test_a_process_that_falls_silent_is_forgotten(
    group: Group, ada: Person, ben: Person, board: Switchboard, other_board: Switchboard
):
    [ada_s] = await at(group, board, ada)
    await at(group, other_board, ben)
    await here(ada_s, "Ben")
    await other_board.close()
    await here(ada_s)


@with_limits(announce_every=0.2)
async def test_a_process_repeats_its_announcement(
    group: Group, ada: Person, ben: Person, board: Switchboard, other_board: Switchboard
):
    [ada_s] = await at(group, board, ada)
    await at(group, other_board, ben)
    await here(ada_s, "Ben")
    heard = board.presence.rooms[group.pk].remote
    [[first, _people]] = heard.values()
    await until(lambda: [at for at, _people in heard.values()] > [first], "Ben is announced again")


LOSSES: dict[str, Act] = {
    "the group shows nobody": lambda ada, group, ben: shows_presence(ada, group, shows=False),
    "the group is closed": lambda ada, group, ben: groups.close(ada, group),
    "left": lambda ada, group, ben: memberships.leave(ben, group),
    "removed": lambda ada, group, ben: memberships.remove(ada, group, ben),
    "stays out": lambda ada, group, ben: stay_out(ben),
    "blocks": lambda ada, group, ben: blocks.block(ben, ada),
    "is blocked": lambda ada, group, ben: blocks.block(ada, ben),
}


@pytest.mark.parametrize("loss", LOSSES)
async def test_a_person_who_may_not_be_seen_is_gone_and_sees_nobody(
    group: Group, ada: Person, ben: Person, board: Switchboard, other_board: Switchboard, loss: str
):
    post = await off(factories.post)(ada, group=group)
    [ada_s] = await at(group, board, ada)
    [ben_s] = await at(group, other_board, ben)
    in_thread = await open_page(other_board, ben, f"thread:{post.pk}")
    await here(ada_s, "Ben")
    await here(ben_s, "Ada")
    await off(LOSSES[loss])(ada, group, ben)
    await here(ada_s)
    await here(ben_s)
    pages = [ada_s, ben_s, in_thread]
    await quiet(*pages)
    await at(group, other_board, ben)
    await (await ada_s.watch(f"group:{group.pk}")).ready()
    assert named(await quiet(*pages)) == set()


async def quiet(*pages: Page) -> list[Frame]:
    """The frames that pages get until all processes have received and sent everything."""
    boards = {page.board for page in pages}
    await until(lambda: not any(map(is_moving, boards)), "everything has been sent")
    return [frame for page in pages for frame in await page.received()]


def is_moving(board: Switchboard) -> bool:
    return any(room.needs_announcement or room.has_changed for room in board.presence.rooms.values())


def named(frames: list[Frame]) -> set[str]:
    return {one["name"] for frame in frames if frame["type"] == "here" for one in frame["people"]}


@pytest.mark.parametrize("who", ["a stranger", "somebody who asked", "nobody"])
async def test_only_members_are_shown_and_see_others(
    ada: Person, ben: Person, board: Switchboard, other_board: Switchboard, who: str
):
    kind = Group.Kind.REQUEST if who == "somebody who asked" else Group.Kind.OPEN
    group = await off(lambda: shows_presence(ada, factories.group(ada, kind)))()
    if who == "somebody who asked":
        await off(memberships.join)(ben, group)
    post = await off(factories.post)(ada, group=group)
    [ada_s] = await at(group, board, ada)
    places = (f"group:{group.pk}", f"thread:{post.pk}")
    viewer = None if who == "nobody" else ben
    others = [await open_page(other_board, viewer, place) for place in places]
    assert named(await quiet(ada_s, *others)) == set()
    assert not other_board.presence.room_of
    assert not [name for name in other_board.connections.channels if "here" in name]


async def test_a_group_shows_nobody_until_it_is_turned_on(
    ada: Person, ben: Person, board: Switchboard, other_board: Switchboard
):
    group = await off(factories.group)(ada, Group.Kind.OPEN, ben)
    [ada_s], [ben_s] = await at(group, board, ada), await at(group, other_board, ben)
    assert await quiet(ada_s, ben_s) == []
    await off(shows_presence)(ada, group)
    await here(ada_s, "Ben")
    await here(ben_s, "Ada")


async def test_a_new_name_is_shown(group: Group, ada: Person, ben: Person, board: Switchboard):
    ada_s, _ben_s = await at(group, board, ada, ben)
    await here(ada_s, "Ben")
    await off(people.describe)(ben, Profile("Benjamin"))
    await here(ada_s, "Benjamin")


@with_limits(writing_for=1.0)
async def test_writing_is_shown_for_a_while(
    group: Group, ada: Person, ben: Person, board: Switchboard, other_board: Switchboard
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
    await writing(in_group)
    await (await ben_s.watch(f"thread:{post.pk}")).ready()
    await here(in_thread, "Ben")
    await write(ben_s)
    await writing(in_thread, ben)
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


async def test_nobody_is_in_a_thread_of_somebody_who_blocks_them(
    group: Group, ada: Person, ben: Person, chi: Person, board: Switchboard
):
    post = await off(factories.post)(ada, group=group)
    await off(blocks.block)(ada, ben)
    chi_s = await open_page(board, chi, f"thread:{post.pk}")
    ben_s = await open_page(board, ben, f"thread:{post.pk}")
    assert named(await quiet(chi_s, ben_s)) == set()


async def test_nobody_is_in_a_thread_that_is_not_there(
    group: Group, ada: Person, ben: Person, board: Switchboard
):
    post, comment = await off(comment_in)(group, ada)
    await off(posts.delete)(ada, comment)
    for place in (f"thread:{comment.pk}", f"thread:{post.pk + 1}", f"group:{post.pk}"):
        await open_page(board, ben, place)
    assert not board.presence.room_of


def comment_in(group: Group, author: Person) -> tuple[Post, Post]:
    post = factories.post(author, group=group)
    return post, factories.comment(author, post)


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


@with_limits(announced_people=1)
async def test_a_process_announces_a_bounded_number_of_people(
    group: Group, ada: Person, ben: Person, chi: Person, board: Switchboard, other_board: Switchboard
):
    [ada_s] = await at(group, board, ada)
    await at(group, other_board, ben, chi)
    await here(ada_s, "Ben")
    assert named(await quiet(ada_s)) <= {"Ben"}


def join(group: Group, handle: str) -> Person:
    person: Any = factories.user(handle).person
    factories.join(person, group)
    return person


async def test_a_page_that_is_not_read_is_not_here(
    group: Group, ada: Person, ben: Person, board: Switchboard
):
    ada_s, ben_s = await at(group, board, ada, ben)
    await here(ada_s, "Ben")
    [connection] = board.connections.of_people([ben.pk])
    board.overflow(connection)
    await here(ada_s)
    board.drained(connection)
    await here(ada_s, "Ben")
    await here(ben_s, "Ada")


async def test_a_page_that_cannot_be_written_to_is_not_here(
    group: Group, ada: Person, ben: Person, board: Switchboard
):
    async def fail(text: str) -> None:
        raise ConnectionError

    ada_s, _ben_s = await at(group, board, ada, ben)
    await here(ada_s, "Ben")
    [connection] = board.connections.of_people([ben.pk])
    connection.send = fail
    await board.send(connection, "{}")
    await here(ada_s)


@pytest.mark.django_db
def test_many_grants_take_one_query(django_assert_num_queries: Any):
    ada = factories.person("ada")
    group = shows_presence(ada, factories.group(ada))
    places = [Place("thread", factories.post(ada, group=group).pk) for _number in range(3)]
    with django_assert_num_queries(1):
        scopes = permissions.load_scopes(places)
    with django_assert_num_queries(1):
        grants = permissions.grant(
            {PresenceRequest(ada.pk, place, scopes[place].group, True) for place in places}
        )
    assert {place for _person, place in grants} == set(places)
