"""Which open pages a frame reaches, with the real actions, endpoint and Valkey."""

from __future__ import annotations

from asgiref.sync import sync_to_async as off
from django.test import Client

from network.actions import edits, follows, likes, lists, mutes, posts, reshares, threads
from network.actions.drafts import Draft
from network.models import Follow, Group, Person, Post
from realtime.hub.switchboard import Switchboard
from tests.support import factories
from tests.support.feeds.delivering import deliver_all
from tests.support.realtime.pages import open_page


async def test_a_post_reaches_the_home_of_a_follower(ada: Person, ben: Person, board: Switchboard):
    await off(factories.follow)(ben, ada)
    home = await open_page(board, ben, "home")
    post = await off(factories.post)(ada)
    frame = await home.next("entry")
    assert (frame["thread"], frame["kind"], frame["actor"]) == (str(post.pk), "post", str(ada.pk))


async def test_a_post_reaches_nobody_else(ada: Person, ben: Person, board: Switchboard):
    home, signed_out = await open_page(board, ben, "home"), await open_page(board, None, f"person:{ben.pk}")
    await off(factories.post)(ada)
    assert await home.received() == await signed_out.received() == []


async def test_a_post_that_comes_by_three_streams_comes_once(ada: Person, ben: Person, board: Switchboard):
    for followed in (ada, await off(factories.topic)("tides"), await off(factories.topic)("moon")):
        await off(factories.follow)(ben, followed)
    home = await open_page(board, ben, "home")
    await off(factories.post)(ada, "#tides and #moon")
    assert [frame["type"] for frame in await home.received()] == ["entry"]


async def test_both_processes_deliver(ada: Person, ben: Person, board: Switchboard, other_board: Switchboard):
    await off(factories.follow)(ben, ada)
    pages = [await open_page(one, ben, "home") for one in (board, other_board)]
    post = await off(factories.post)(ada)
    assert [(await page.next("entry"))["post"] for page in pages] == [str(post.pk)] * 2


async def test_ones_own_post_reaches_ones_other_pages(ada: Person, board: Switchboard):
    home = await open_page(board, ada, "home")
    post = await off(factories.post)(ada)
    assert (await home.next("entry"))["post"] == str(post.pk)


async def test_topics_people_and_groups_are_live_for_those_who_may_read(
    ada: Person, ben: Person, board: Switchboard
):
    topic = await off(factories.topic)("tides")
    group = await off(factories.group)(ada, Group.Kind.REQUEST)
    places = (f"topic:{topic.pk}", f"person:{ada.pk}", f"group:{group.pk}")
    theirs = [await open_page(board, ada, place) for place in places]
    others = [await open_page(board, who, place) for who in (ben, None) for place in places]
    await off(factories.post)(ada, "High #tides")
    await off(factories.post)(ada, "Among us, #tides", group=group)
    assert [len(await page.received()) for page in theirs] == [1, 1, 1]
    assert [len(await page.received()) for page in others] == [1, 1, 0] * 2


async def test_a_reshare_is_live_in_homes_and_passes_by_a_groups_page(
    ada: Person, ben: Person, chi: Person, board: Switchboard
):
    group = await off(factories.group)(ada, Group.Kind.OPEN, ben)
    said = await off(factories.post)(ada, group=group)
    home, page = await open_page(board, ben, "home"), await open_page(board, ben, f"group:{group.pk}")
    await off(reshares.reshare)(ada, said)
    assert [frame["kind"] for frame in await home.received()] == ["reshare"]
    assert await page.received() == []


async def test_a_home_gets_the_comments_that_concern_its_person(
    ada: Person, ben: Person, chi: Person, board: Switchboard
):
    """Live, and in a replay."""
    await off(factories.follow)(ben, ada)
    root = await off(factories.post)(chi)
    home = await open_page(board, ben, "home")
    await off(factories.comment)(ada, root)
    assert await home.received() == []
    mine = await off(factories.comment)(ben, root)
    after = await off(factories.comment)(ada, root)
    concern = [str(mine.pk), str(after.pk)]
    assert [frame["post"] for frame in await home.received()] == concern
    back = await (await open_page(board, ben)).watch("home", since=root.pk)
    assert [(await back.next("entry"))["post"] for _ in concern] == concern
    await back.ready()


async def test_a_comment_joins_the_open_thread_as_a_card(ada: Person, ben: Person, board: Switchboard):
    root = await off(factories.post)(ada)
    thread = await open_page(board, None, f"thread:{root.pk}")
    comment = await off(factories.comment)(ben, root, "So did *I*.")
    frame = await thread.next("comment")
    assert (frame["post"], frame["parent"]) == (str(comment.pk), str(root.pk))
    assert f'data-post="{comment.pk}"' in frame["html"]
    assert "<em>I</em>" in frame["html"]


async def test_counters_of_visible_cards_are_sent(ada: Person, ben: Person, board: Switchboard):
    root = await off(factories.post)(ada)
    home = await open_page(board, None, "nothing", threads=(root.pk,))
    comment = await off(factories.comment)(ben, root)
    assert await home.next("counts")
    await off(factories.comment)(ada, comment)
    await off(reshares.reshare)(ben, root)
    while (frame := await home.next("counts"))["post"] != str(root.pk):
        pass
    assert (frame["comments"], frame["reshares"]) == (2, 1)


async def test_a_like_is_not_announced(ada: Person, ben: Person, board: Switchboard):
    root = await off(factories.post)(ada)
    page = await open_page(board, ben, "home", threads=(root.pk,))
    await off(likes.like)(ben, root)
    assert await page.received() == []


async def test_deleted_and_hidden_posts_are_removed_from_pages(
    ada: Person, ben: Person, chi: Person, board: Switchboard
):
    root = await off(factories.post)(ada)
    first, second = [await off(factories.comment)(ben, root, text) for text in ("One", "Two")]
    ben_s, chi_s = [await open_page(board, one, f"thread:{root.pk}") for one in (ben, chi)]
    await off(posts.delete)(ben, first)
    assert (await chi_s.next("gone"))["post"] == str(first.pk)
    await off(threads.hide_comment)(ada, second)
    assert (await chi_s.next("gone"))["post"] == str(second.pk)
    await off(threads.show_comment)(ada, second)
    assert (await chi_s.next("changed"))["post"] == str(second.pk)
    assert [frame["post"] for frame in await ben_s.received() if frame["type"] == "gone"] == [str(first.pk)]


async def test_the_removal_of_an_unreadable_post_is_not_sent(ada: Person, ben: Person, board: Switchboard):
    root = await off(factories.post)(ada, audience=Post.Audience.FOLLOWERS)
    page = await open_page(board, ben, f"thread:{root.pk}")
    await off(factories.comment)(ada, root)
    await off(posts.delete)(ada, root)
    assert await page.received() == []


async def test_counters_of_an_unreadable_post_are_not_sent(ada: Person, ben: Person, board: Switchboard):
    closed = await off(factories.post)(ada, audience=Post.Audience.FOLLOWERS)
    shown = await off(factories.post)(ada)
    page = await open_page(board, ben, "nothing", threads=(closed.pk, shown.pk))
    frames = []
    for number in (1, 2):
        await off(factories.comment)(ada, closed)
        await off(factories.comment)(ada, shown)
        while not frames or frames[-1].get("comments") != number or frames[-1]["post"] != str(shown.pk):
            frames.append(await page.next("counts"))
    assert str(closed.pk) not in [frame["post"] for frame in frames]


async def test_an_edit_is_sent_where_the_thread_is_shown(ada: Person, ben: Person, board: Switchboard):
    root = await off(factories.post)(ada)
    home = await open_page(board, ben, "home", threads=(root.pk,))
    await off(edits.edit)(ada, root, Draft("Otherwise."))
    assert (await home.next("changed"))["post"] == str(root.pk)


async def test_an_edit_that_adds_a_muted_word_is_sent_to_the_page_of_the_thread_alone(
    ada: Person, ben: Person, board: Switchboard
):
    root = await off(factories.post)(ada)
    await off(mutes.mute_word)(ben, "spoiler")
    home = await open_page(board, ben, "home", threads=(root.pk,))
    thread = await open_page(board, ben, f"thread:{root.pk}")
    await off(edits.edit)(ada, root, Draft("A spoiler."))
    assert (await thread.next("changed"))["post"] == str(root.pk)
    assert await home.received() == []


async def test_direct_threads_are_live_between_those_they_are_for(
    ada: Person, ben: Person, chi: Person, board: Switchboard
):
    pages = [await open_page(board, one, "messages") for one in (ada, ben, chi)]
    root = await off(factories.post)(ada, audience=Post.Audience.DIRECT, to=(ben,))
    await off(factories.comment)(ben, root)
    assert [len(await page.received()) for page in pages] == [2, 2, 0]


async def test_the_number_of_unread_notifications_is_sent(ada: Person, ben: Person, board: Switchboard):
    home = await open_page(board, ben, "home")
    assert (await home.next("unread"))["count"] == 0
    await off(factories.post)(ada, "Look, @ben")
    await off(deliver_all)()
    assert (await home.next("unread"))["count"] == 1


async def test_a_list_and_the_parts_of_home_are_live_for_their_own(
    ada: Person, ben: Person, chi: Person, board: Switchboard
):
    """An entry reaches the feed to which its follow leads, on the pages of the person of that feed."""
    friends = await off(lists.create)(ben, "Friends")
    for followed in (ada, chi, await off(factories.topic)("tides")):
        await off(factories.follow)(ben, followed)
    await off(follows.deliver)(ben, chi.stream, place=friends)
    places = ("home", "people", "topics", "groups", f"list:{friends.pk}")
    pages = {place: await open_page(board, ben, place) for place in places}
    theirs = await open_page(board, chi, f"list:{friends.pk}")

    async def reached(post: Post) -> set[str]:
        frames = {place: await page.received() for place, page in pages.items()}
        return {place for place, came in frames.items() if str(post.pk) in {one["post"] for one in came}}

    post = await off(factories.post)(chi)
    assert await reached(post) == {f"list:{friends.pk}"}
    post = await off(factories.post)(ada)
    assert await reached(post) == {"home", "people"}
    post = await off(factories.post)(chi, "#tides")
    assert await reached(post) == {"home", "topics", f"list:{friends.pk}"}
    post = await off(factories.post)(ben)
    assert await reached(post) == {"home"}
    await off(follows.deliver)(ben, chi.stream, place=Follow.Place.HOME)
    post = await off(factories.post)(chi)
    assert await reached(post) == {"home", "people"}
    assert await theirs.received() == []


async def test_what_is_read_on_one_device_is_known_on_the_others(
    ada: Person, ben: Person, board: Switchboard
):
    await off(factories.follow)(ben, ada)
    post = await off(factories.post)(ada)
    elsewhere, others = await open_page(board, ben, "nothing"), await open_page(board, ada, "home")
    await off(load_home)(ben)
    frame = await elsewhere.next("read")
    assert (frame["place"], frame["upto"]) == ("home", str(post.pk))
    await off(load_home)(ben)
    assert await elsewhere.received() == await others.received() == [], "once, and to nobody else"


def load_home(person: Person) -> None:
    client = Client()
    client.force_login(person.user)
    assert client.get("/").status_code == 200
