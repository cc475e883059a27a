"""Who is never shown, and sees nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async as off

from network.actions import blocks, edits, follows, groups, memberships, people, posts, threads
from network.actions.drafts import Draft
from network.actions.people import Privacy
from network.models import Group, Person, Post
from realtime.hub.switchboard import Switchboard
from realtime.presence import permissions
from realtime.presence.permissions import PresenceRequest
from realtime.protocol.places import Place
from tests.support import factories
from tests.support.realtime.pages import open_page
from tests.support.realtime.rosters import at, here, named, quiet, shows_presence

Act = Callable[[Person, Group, Person], object]
Change = Callable[[Person, Person, Post], object]
EVERYONE, FOLLOWED, NAMED, NOBODY = (
    Post.Commenting(name) for name in ("everyone", "followed", "named", "nobody")
)


def stay_out(person: Person, shows: bool = False) -> None:
    people.set_privacy(person, Privacy(False, False, shows_presence=shows))


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


async def test_nobody_is_in_a_thread_of_somebody_who_blocks_them(
    group: Group, ada: Person, ben: Person, chi: Person, board: Switchboard
):
    post = await off(factories.post)(ada, group=group)
    await off(blocks.block)(ada, ben)
    chi_s = await open_page(board, chi, f"thread:{post.pk}")
    ben_s = await open_page(board, ben, f"thread:{post.pk}")
    assert named(await quiet(chi_s, ben_s)) == set()


def followed(ada: Person, ben: Person, post: Post) -> None:
    threads.say_who_may_comment(ada, post, FOLLOWED)
    follows.follow(ada, ben.stream)


# Acts after which Ben may write in Ada's thread, and acts after which he may not.
CHANGES: dict[str, tuple[Change, Change]] = {
    "who may comment": (
        lambda ada, ben, post: threads.say_who_may_comment(ada, post, EVERYONE),
        lambda ada, ben, post: threads.say_who_may_comment(ada, post, NOBODY),
    ),
    "whom the author follows": (followed, lambda ada, ben, post: follows.unfollow(ada, ben.stream)),
    "who follows the author no longer": (
        followed,
        lambda ada, ben, post: follows.remove_follower(ben, ada),
    ),
    "whom the root names": (
        lambda ada, ben, post: edits.edit(ada, post, Draft("Ask @ben.", commenting=NAMED)),
        lambda ada, ben, post: edits.edit(ada, post, Draft("Ask somebody.", commenting=NAMED)),
    ),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_a_person_is_in_a_thread_while_they_may_write_there(
    group: Group, ada: Person, ben: Person, board: Switchboard, other_board: Switchboard, change: str
):
    post = await off(factories.post)(ada, group=group, commenting=NAMED)
    ada_s = await open_page(board, ada, f"thread:{post.pk}")
    ben_s = await open_page(other_board, ben, f"thread:{post.pk}")
    assert named(await quiet(ada_s, ben_s)) == set()
    gain, lose = CHANGES[change]
    await off(gain)(ada, ben, post)
    await here(ada_s, "Ben")
    await here(ben_s, "Ada")
    await off(lose)(ada, ben, post)
    await here(ada_s)
    await here(ben_s)


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


@pytest.mark.django_db
@pytest.mark.parametrize(("commenting", "most"), [("everyone", 3), ("nobody", 3), ("named", 4)])
def test_many_grants_take_one_query(commenting: str, most: int, django_assert_num_queries: Any):
    """No request asks the database by itself, also where not everybody may comment."""
    ada = factories.person("ada")
    group = shows_presence(ada, factories.group(ada))
    roots = [factories.post(ada, group=group, commenting=commenting) for _number in range(3)]
    places = [Place("thread", root.pk) for root in roots]
    with django_assert_num_queries(most):
        scopes = permissions.load_scopes(places, [ada.pk])
    with django_assert_num_queries(1):
        grants = permissions.grant({PresenceRequest(ada.pk, place, scopes[place].group) for place in places})
    assert {place for _person, place in grants} == set(places)
