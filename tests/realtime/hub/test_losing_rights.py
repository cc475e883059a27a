"""A person who loses a right gets no further frame, in every process."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async as off
from django.db import connection
from django.test import Client

from network.actions import blocks, follows, groups, memberships, mutes, recording
from network.actions.groups import GroupDraft
from network.models import Activity, Group, Person, Post, Topic
from realtime.announcing import announcements, publisher
from realtime.hub.switchboard import Switchboard
from realtime.protocol.close_codes import Close
from realtime.protocol.messages import Message
from tests.support import factories
from tests.support.realtime import pages
from tests.support.realtime.pages import Page, open_page, with_limits

Act = Callable[[Person, Person], object]


def forget_sessions() -> None:
    """End all sessions without a signal, as a database that is restored would."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_session")


# Acts of the author or of the follower, after which the home of the follower has none of the author's posts.
LOSSES: dict[str, Act] = {
    "unfollow": lambda ada, ben: follows.unfollow(ben, ada.stream),
    "removed": lambda ada, ben: follows.remove_follower(ada, ben),
    "block": lambda ada, ben: blocks.block(ben, ada),
    "blocked": lambda ada, ben: blocks.block(ada, ben),
    "mute": lambda ada, ben: mutes.mute_person(ben, ada),
    "mute a word": lambda ada, ben: mutes.mute_word(ben, "tide"),
    "mute a topic": lambda ada, ben: mutes.mute_topic(ben, Topic.objects.get(name="sea")),
    "digest only": lambda ada, ben: follows.deliver(ben, ada.stream, place="digest"),
}


@pytest.mark.parametrize("loss", LOSSES)
async def test_a_home_gets_no_more(
    ada: Person, ben: Person, board: Switchboard, other_board: Switchboard, loss: str
):
    await off(factories.follow)(ben, ada)
    await off(factories.topic)("sea")
    homes = [await open_page(one, ben, "home") for one in (board, other_board)]
    await off(LOSSES[loss])(ada, ben)
    for home in homes:
        await home.received()
    await off(factories.post)(ada, "The tide in the #sea turns.")
    assert [await home.received() for home in homes] == [[], []]


@pytest.mark.parametrize(
    "loss",
    [
        lambda ada, group, ben: memberships.leave(ben, group),
        lambda ada, group, ben: memberships.remove(ada, group, ben),
        lambda ada, group, ben: blocks.block(ben, ada),
    ],
)
async def test_the_page_of_a_group_gets_no_more(
    ada: Person, ben: Person, board: Switchboard, loss: Callable[[Person, Group, Person], object]
):
    group = await off(factories.group)(ada, Group.Kind.HIDDEN, ben)
    page = await open_page(board, ben, f"group:{group.pk}")
    await off(factories.post)(ada, group=group)
    assert len(await page.received()) == 1
    await off(loss)(ada, group, ben)
    await page.received()
    await off(factories.post)(ada, group=group)
    assert await page.received() == []


async def test_a_group_that_is_open_no_longer_is_silent_for_others(ada: Person, board: Switchboard):
    group = await off(factories.group)(ada, Group.Kind.OPEN)
    page = await open_page(board, None, f"group:{group.pk}")
    await off(groups.edit)(ada, group, GroupDraft(group.name, Group.Kind.REQUEST))
    await off(factories.post)(ada, group=group)
    assert await page.received() == []


@pytest.mark.parametrize("place", ["thread", "person"])
async def test_an_open_page_of_somebody_who_blocks_is_silent(
    ada: Person, ben: Person, board: Switchboard, place: str
):
    root = await off(factories.post)(ada)
    page = await open_page(board, ben, f"thread:{root.pk}" if place == "thread" else f"person:{ada.pk}")
    await off(blocks.block)(ada, ben)
    await page.received()
    await off(factories.comment)(ada, root)
    assert await page.received() == []


async def test_rights_that_are_gained_count_at_once(ada: Person, ben: Person, board: Switchboard):
    await off(factories.post)(ada, "Before", audience=Post.Audience.FOLLOWERS)
    home = await open_page(board, ben, "home")
    await off(factories.follow)(ben, ada)
    assert len(await home.received()) == 1, "a recent post comes with the follow"
    await off(factories.post)(ada, "After", audience=Post.Audience.FOLLOWERS)
    assert len(await home.received()) == 1


async def test_signing_out_closes_the_pages_of_that_session_alone(
    ada: Person, ben: Person, board: Switchboard, other_board: Switchboard
):
    await off(factories.follow)(ben, ada)
    session = await off(pages.session_of)(ben)
    signed_out = [await open_with(one, session) for one in (board, other_board)]
    elsewhere = await open_page(board, ben, "home")
    await off(sign_out)(session)
    assert [await page.closed() for page in signed_out] == [Close.SIGNED_OUT] * 2
    await off(factories.post)(ada)
    assert await elsewhere.next("entry")


async def test_a_new_password_closes_every_page(ada: Person, board: Switchboard):
    home = await open_page(board, ada, "home")
    await off(change_password)(ada)
    assert await home.closed() == Close.SIGNED_OUT


async def test_a_deactivated_account_gets_no_more(ada: Person, board: Switchboard):
    home = await open_page(board, ada, "home")
    await off(deactivate)(ada)
    assert await home.closed() == Close.SIGNED_OUT


@with_limits(heartbeat=0.05, session_check=0)
async def test_a_session_that_ended_without_an_announcement_is_found(ada: Person, board: Switchboard):
    home = await open_page(board, ada, "home")
    await off(forget_sessions)()
    assert await home.closed() == Close.SIGNED_OUT


async def test_a_session_that_ended_while_redis_was_away_gets_nothing_more(
    ada: Person, ben: Person, board: Switchboard
):
    await off(factories.follow)(ben, ada)
    home = await open_page(board, ben, "home")
    await home.received()
    board.pause_all()
    await off(forget_sessions)()
    await off(factories.post)(ada)
    board.refresh_all()
    message = await home.socket.receive_output(pages.PATIENCE)
    assert (message["type"], message.get("code")) == ("websocket.close", Close.SIGNED_OUT)


async def test_nothing_is_sent_while_sessions_are_checked(ada: Person, ben: Person, board: Switchboard):
    await off(factories.follow)(ben, ada)
    home = await open_page(board, ben, "home")
    await off(forget_sessions)()

    def say() -> None:
        with recording.unannounced():
            factories.post(ada)
        posted = announcements.messages_of([Activity.objects.latest("pk")])
        publisher.publish([Message("sessions", people=(ben.pk,)), *posted])

    await off(say)()
    assert await home.until_closed() == (Close.SIGNED_OUT, [])


async def test_a_page_that_does_not_read_is_closed_when_its_session_ends(ada: Person, board: Switchboard):
    slow = await open_page(board, ada, "home")
    await slow.next("unread")
    slow.write_buffer.fill()
    [page] = board.connections
    await board.send(page, "{}")
    assert page.overflowed
    await off(forget_sessions)()
    await off(publisher.publish)([Message("sessions", people=(ada.pk,))])
    assert await slow.until_closed() == (Close.SIGNED_OUT, [])


async def open_with(board: Switchboard, session: str) -> Page:
    page = Page(board, session)
    await page.socket.connect()
    return await (await page.watch("home")).ready()


def sign_out(session: str) -> None:
    client = Client()
    client.cookies["sessionid"] = session
    client.post("/accounts/logout/")


def change_password(person: Person) -> None:
    assert person.user is not None
    person.user.set_password("another good password")
    person.user.save()


def deactivate(person: Person) -> None:
    assert person.user is not None
    person.user.is_active = False
    person.user.save(update_fields=["is_active"])
