"""Who is shown to whom, as people come and go."""

from __future__ import annotations

from asgiref.sync import sync_to_async as off

from network.actions import people
from network.actions.people import Profile
from network.models import Group, Person
from realtime.hub.switchboard import Switchboard
from tests.support import factories
from tests.support.realtime.pages import open_page, until, with_limits
from tests.support.realtime.rosters import at, here, named, quiet, shows_presence


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


@with_limits(announced_people=1)
async def test_a_process_announces_a_bounded_number_of_people(
    group: Group, ada: Person, ben: Person, chi: Person, board: Switchboard, other_board: Switchboard
):
    [ada_s] = await at(group, board, ada)
    await at(group, other_board, ben, chi)
    await here(ada_s, "Ben")
    assert named(await quiet(ada_s)) <= {"Ben"}


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
