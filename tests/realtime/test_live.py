"""What reaches which open page, by the real actions, consumer and Valkey."""

from __future__ import annotations

from asgiref.sync import sync_to_async as off

from network.models import Person
from realtime.switchboard import Switchboard
from tests import making
from tests.realtime.pages import open_page


async def test_a_post_reaches_the_home_of_a_follower(ada: Person, ben: Person, board: Switchboard):
    await off(making.follow)(ben, ada)
    home = await open_page(board, ben, "home")
    post = await off(making.post)(ada)
    frame = await home.next("entry")
    assert (frame["thread"], frame["kind"], frame["actor"]) == (str(post.pk), "post", str(ada.pk))
