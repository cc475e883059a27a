"""The rosters that pages get, and what makes them change."""

from __future__ import annotations

from network.actions import groups
from network.actions.groups import GroupDraft
from network.models import Group, Person
from realtime.hub.switchboard import Switchboard
from tests.support.realtime.pages import Frame, Page, open_page, until


def shows_presence(owner: Person, group: Group, shows: bool = True) -> Group:
    return groups.edit(owner, group, GroupDraft(group.name, group.kind, shows_presence=shows))


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


async def quiet(*pages: Page) -> list[Frame]:
    """The frames that pages get until all processes have received and sent everything."""
    boards = {page.board for page in pages}
    await until(lambda: not any(map(is_moving, boards)), "everything has been sent")
    return [frame for page in pages for frame in await page.received()]


def is_moving(board: Switchboard) -> bool:
    return any(room.needs_announcement or room.has_changed for room in board.presence.rooms.values())


def named(frames: list[Frame]) -> set[str]:
    return {one["name"] for frame in frames if frame["type"] == "here" for one in frame["people"]}
