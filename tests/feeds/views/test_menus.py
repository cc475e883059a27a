"""What a card holds closed: its menu and its reasons, fetched when opened or as a page without a script."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from network.actions import lists
from network.models import Person, Post
from tests.support import factories
from tests.support.feeds.conversation import SignIn, World, read, text


class TestTheMenu:
    def test_is_fetched_from_where_a_link_leads(self, world: World, client: Client) -> None:
        address = f"/posts/{world.post.pk}/menu?feed=home"
        assert f'<a href="{address}">' in read(client, "/")
        assert "Mute this thread" not in read(client, "/")
        part = client.get(address, headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/?a=1"})
        said = text(part.content.decode())
        assert said.startswith(f'<form id="menu{world.post.pk}"')
        assert f'name="next" value="/?a=1#p{world.post.pk}"' in said
        for words in ("Thank Ada", "Mute this thread for good", "Mute rivers", "Block Ada", "Unfollow Ada"):
            assert words in said

    def test_is_a_page_without_a_script(self, world: World, client: Client) -> None:
        came = {"Referer": "http://testserver/explore/posts?before=9"}
        page = text(client.get(f"/posts/{world.post.pk}/menu", headers=came).content.decode())
        assert "<h1>More for what Ada said</h1>" in page
        assert "Mute this thread for good" in page
        assert f'name="next" value="/explore/posts?before=9#p{world.post.pk}"' in page
        elsewhere = {"Referer": "http://evil.example/"}
        page = text(client.get(f"/posts/{world.post.pk}/menu", headers=elsewhere).content.decode())
        assert "evil.example" not in page
        assert f'name="next" value="/posts/{world.post.pk}#p{world.post.pk}"' in page

    @pytest.mark.parametrize(
        "came",
        [
            "http://testserver//evil.example/x",
            "http://testserver/\\evil.example",
            "http://[::1",
            "http://testserver/posts/7/menu?feed=home",
            "http://testserver/posts/7/why",
        ],
    )
    @pytest.mark.parametrize("is_htmx", [False, True])
    def test_leads_back_to_its_thread_where_one_came_from_no_page_of_a_feed(
        self, world: World, client: Client, came: str, is_htmx: bool
    ) -> None:
        headers = {"HX-Request": "true", "HX-Current-URL": came} if is_htmx else {"Referer": came}
        page = text(client.get(f"/posts/{world.post.pk}/menu", headers=headers).content.decode())
        assert f'name="next" value="/posts/{world.post.pk}#p{world.post.pk}"' in page
        assert is_htmx or f'<a href="/posts/{world.post.pk}">Back</a>' in page

    def test_leads_back_to_a_topic_named_as_a_part_is(self, world: World, client: Client) -> None:
        came = {"Referer": "http://testserver/topics/why"}
        page = text(client.get(f"/posts/{world.post.pk}/menu", headers=came).content.decode())
        assert '<a href="/topics/why">Back</a>' in page

    def test_leads_back_to_a_comment(self, world: World, client: Client) -> None:
        for part in ("menu", "why"):
            address = f"/posts/{world.comment.pk}/{part}?feed=home"
            page = client.get(address, headers={"Referer": "http://testserver/"}).content.decode()
            assert set(re.findall(r'name="next" value="([^"]*)"', page)) == {f"/#c{world.comment.pk}"}

    def test_tells_of_the_reasons_of_its_feed_alone(self, world: World, client: Client) -> None:
        why = f"/posts/{world.post.pk}/why?feed="
        by_feed = {name: read(client, why + name) for name in ("home", "people", "topics", "groups")}
        assert all("Unfollow" in by_feed[name] for name in ("home", "people", "topics"))
        assert "/people/ada/follow" not in by_feed["topics"]
        assert "/topics/rivers/follow" not in by_feed["people"]
        assert "/follow" not in by_feed["groups"]

    def test_of_anothers_list_is_not_there(self, world: World, client: Client, as_person: SignIn) -> None:
        mine = lists.create(Person.objects.get(handle="noor"), "After school")
        address = f"/posts/{world.post.pk}/menu?feed={mine.pk}"
        assert client.get(address).status_code == 200
        assert as_person(world.ben).get(address).status_code == 404

    @pytest.mark.parametrize("part", ["menu", "why"])
    def test_of_a_post_that_one_may_not_read_is_not_there(
        self, world: World, client: Client, part: str
    ) -> None:
        secret = factories.post(world.ada, "Between us.", audience=Post.Audience.DIRECT, to=(world.ben,))
        for address in (f"/posts/{secret.pk}/{part}", f"/posts/{secret.pk}/{part}?feed=home"):
            assert client.get(address).status_code == 404
            assert Client().get(address).status_code == 404

    def test_of_who_is_signed_out_has_the_link_to_copy(self, world: World) -> None:
        page = text(Client().get(f"/posts/{world.post.pk}/menu?feed=home").content.decode())
        assert "Copy link" in page
        assert "Mute" not in page
