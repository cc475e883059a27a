"""Lists and the parts of home as pages: what stands in each, and looking after them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from network.actions import follows, lists
from network.models import Follow, List, Person
from tests.feeds.views.test_home import cards
from tests.network.views.conftest import words
from tests.support import factories
from tests.support.feeds.delivering import deliver_all

ClientFor = Callable[[Person], Client]


@pytest.fixture
def friends(noor: Person) -> List:
    return lists.create(noor, "Friends")


def test_a_list_shows_what_goes_there_and_home_does_not(
    client: Client, noor: Person, ada: Person, ben: Person, friends: List
) -> None:
    early = factories.post(ada, "Early.")
    for who in (ada, ben):
        factories.follow(noor, who)
    follows.deliver(noor, ada.stream, place=friends)
    mine, late, other = factories.post(noor), factories.post(ada, "Late."), factories.post(ben)
    page = words(client.get(f"/lists/{friends.pk}"))
    assert cards(page) == [late.pk, early.pk]
    assert f'data-live-place="list:{friends.pk}"' in page
    assert cards(words(client.get("/"))) == [other.pk, mine.pk]


def test_the_parts_of_home_are_what_came_by_streams_of_their_kind(
    client: Client, noor: Person, ada: Person, ben: Person
) -> None:
    group = factories.group(ben, factories.Group.Kind.OPEN, noor)
    factories.follow(noor, ada)
    factories.follow(noor, factories.topic("rivers"))
    both, by_topic = factories.post(ada, "On #rivers"), factories.post(ben, "On #rivers too")
    inside, mine = factories.post(noor, group=group), factories.post(noor, "Mine.")
    shown = {show: cards(words(client.get(f"/?show={show}"))) for show in ("people", "topics", "groups")}
    assert shown == {"people": [both.pk], "topics": [by_topic.pk, both.pk], "groups": [inside.pk]}
    assert cards(words(client.get("/"))) == [mine.pk, inside.pk, by_topic.pk, both.pk]


@pytest.mark.parametrize("show", ["", "people", "topics", "groups"])
def test_each_part_says_that_it_is_where_one_is(client: Client, noor: Person, ada: Person, show: str) -> None:
    factories.follow(noor, ada)
    factories.post(ada)
    page = words(client.get(f"/?show={show}" if show else "/"))
    here = f'href="/?show={show}" aria-current="page"' if show else 'href="/" aria-current="page">All'
    assert here in page
    assert page.count('aria-current="page"') == 2, "the rail, and the part"
    assert f'data-live-place="{show or "home"}"' in page


def test_a_part_that_is_not_one_is_home(client: Client, noor: Person) -> None:
    mine = factories.post(noor)
    page = words(client.get("/?show=enemies"))
    assert cards(page) == [mine.pk]
    assert 'data-live-place="home"' in page


@pytest.mark.parametrize("where", ["/?show=people", "/lists/"])
def test_older_pages_stay_where_they_are(
    client: Client, noor: Person, ada: Person, friends: List, where: str
) -> None:
    factories.follow(noor, ada)
    if where == "/lists/":
        follows.deliver(noor, ada.stream, place=friends)
        where = f"/lists/{friends.pk}"
    posts = [factories.post(ada, f"Number {number}.").pk for number in range(25)]
    first = client.get(where)
    older = first.context["page"].older
    mark = "&amp;" if "?" in where else "?"
    assert f"older={older}" in words(first)
    second = words(client.get(f"{where}{mark.replace('amp;', '')}older={older}"))
    assert cards(words(first)) + cards(second) == posts[::-1]


def test_an_empty_list_says_how_it_is_filled(client: Client, noor: Person, friends: List) -> None:
    page = words(client.get(f"/lists/{friends.pk}"))
    assert "Nothing is here yet." in page
    assert "/settings/home" in page
    assert "Nothing yet." in words(client.get(f"/lists/{friends.pk}/edit"))
    assert f'href="/lists/{friends.pk}"' in words(client.get("/")), "also from a home that is empty"


def test_a_list_is_made_renamed_and_deleted_without_a_script(
    client: Client, noor: Person, ada: Person
) -> None:
    assert "You have no list yet." in words(client.get("/lists"))
    made = client.post("/lists", {"name": "Friends"})
    friends = List.objects.get()
    assert (made.status_code, made["Location"]) == (303, f"/lists/{friends.pk}/edit")
    factories.follow(noor, ada)
    client.post(f"/streams/{ada.pk}/delivery", {"place": str(friends.pk), "comments": "all", "folds": "on"})
    follow = Follow.objects.get()
    assert (follow.list, follow.comments, follow.reshares, follow.folds) == (friends, "all", False, True)
    assert "1 person, topic or group" in words(client.get("/lists"))
    edit = words(client.get(f"/lists/{friends.pk}/edit"))
    assert f'<option value="{friends.pk}" selected>Friends</option>' in edit
    client.post(f"/lists/{friends.pk}/edit", {"name": "Old friends"})
    assert ">Old friends</a>" in words(client.get("/lists"))
    deleted = client.post(f"/lists/{friends.pk}/delete", follow=True)
    assert "What was in it comes to your home again." in words(deleted)
    assert Follow.objects.get().place == Follow.Place.HOME


def test_what_cannot_be_a_name_comes_back_with_the_reason(
    client: Client, noor: Person, friends: List
) -> None:
    taken = client.post("/lists", {"name": "Friends"})
    assert taken.status_code == 400
    assert "You have a list with this name already." in words(taken)
    other = lists.create(noor, "Work")
    assert client.post(f"/lists/{other.pk}/edit", {"name": ""}).status_code == 400
    assert client.get(f"/lists/{friends.pk}/delete").status_code == 405


def test_nobody_sees_or_uses_anothers_list(
    client: Client, noor: Person, ada: Person, friends: List, as_person: ClientFor
) -> None:
    factories.follow(ada, noor)
    factories.follow(noor, ada)
    follows.deliver(noor, ada.stream, place=friends)
    theirs = as_person(ada)
    for path in ("", "/edit"):
        assert theirs.get(f"/lists/{friends.pk}{path}").status_code == 404
        assert theirs.post(f"/lists/{friends.pk}{path}").status_code in (404, 405)
    assert theirs.post(f"/lists/{friends.pk}/delete").status_code == 404
    answer = theirs.post(f"/streams/{noor.pk}/delivery", {"place": str(friends.pk)})
    assert answer.status_code == 400
    for page in ("/", "/lists", "/people/noor", "/people/ada/followers", "/settings/home", "/notices"):
        assert "Friends" not in words(theirs.get(page)), page


def test_a_place_is_chosen_where_the_follow_is_shown(
    client: Client, noor: Person, ada: Person, friends: List
) -> None:
    group = factories.group(ada, factories.Group.Kind.OPEN, noor)
    factories.follow(noor, ada)
    factories.follow(noor, factories.topic("rivers"))
    option = f'<option value="{friends.pk}">Friends</option>'
    for page in ("/people/ada", "/topics/rivers", f"/groups/{group.slug}"):
        assert words(client.get(page)).count(option) == 1, page
    assert words(client.get("/settings/home")).count(option) == 3


def test_a_list_costs_the_same_with_thirty_cards_and_with_eighty(
    client: Client, noor: Person, ada: Person, friends: List
) -> None:
    factories.follow(noor, ada)
    follows.deliver(noor, ada.stream, place=friends)
    client.get(f"/lists/{friends.pk}")
    asked = []
    for posts in (1, 29, 50):
        for number in range(posts):
            factories.post(ada, f"Number {number} on #topic{number}")
        deliver_all()
        with CaptureQueriesContext(connection) as queries:
            assert len(cards(words(client.get(f"/lists/{friends.pk}")))) == min(posts, 20)
        asked.append(len(queries))
    one, thirty, eighty = asked
    assert thirty == eighty
    assert thirty <= one + 4, "a second look, for what stands behind what folds"


def test_a_loud_group_folds_behind_a_line_that_opens_without_a_script(
    client: Client, noor: Person, ada: Person
) -> None:
    club = factories.group(ada, factories.Group.Kind.OPEN, noor, name="Garden club")
    for other in [factories.person() for _ in range(16)]:
        factories.follow(noor, other)
        factories.post(other)
    said = [factories.post(ada, f"Bed number {number}.", group=club) for number in range(18)]
    deliver_all()
    page = words(client.get("/"))
    assert len(cards(page)) == 20
    fold = page.partition('<details class="fold more">')[2].partition("</details>")[0]
    assert "14 more from Garden club" in fold
    assert [post.pk for post in said[::-1]][4:] == [
        int(id) for id in re.findall(r'data-thread="(\d+)"', fold)
    ]
    assert "Bed number 0." in fold


LINE = "You have read to here"


def around(page: str) -> tuple[list[int], list[int]]:
    """The cards above the line where new meets read, and those below."""
    assert page.count('class="here"') == 1
    above, _line, below = page.partition('class="here"')
    return cards(above), cards(below)


class TestMarker:
    @pytest.fixture(autouse=True)
    def follow(self, noor: Person, ada: Person) -> None:
        factories.follow(noor, ada)

    def test_it_stands_where_new_meets_read(self, client: Client, ada: Person) -> None:
        old = factories.post(ada)
        assert LINE not in words(client.get("/")), "nothing was read before"
        assert LINE not in words(client.get("/")), "nothing is new"
        new = factories.post(ada)
        deliver_all()
        assert around(words(client.get("/"))) == ([new.pk], [old.pk])
        assert LINE not in words(client.get("/")), "what was shown is read now"

    def test_it_is_the_same_on_every_device(
        self, client: Client, noor: Person, ada: Person, as_person: ClientFor
    ) -> None:
        old = factories.post(ada)
        phone = as_person(noor)
        phone.get("/")
        new = factories.post(ada)
        deliver_all()
        assert around(words(client.get("/"))) == ([new.pk], [old.pk])

    def test_it_is_met_on_a_later_page_too(self, client: Client, ada: Person) -> None:
        old = [factories.post(ada).pk for _ in range(3)]
        client.get("/")
        new = [factories.post(ada).pk for _ in range(25)]
        deliver_all()
        first = client.get("/")
        assert LINE not in words(first)
        second = words(client.get(f"/?older={first.context['page'].older}"))
        assert around(second) == (new[::-1][20:], old[::-1])

    def test_it_may_be_the_first_thing_on_a_later_page(self, client: Client, ada: Person) -> None:
        old = [factories.post(ada).pk for _ in range(3)]
        client.get("/")
        for _ in range(20):
            factories.post(ada)
        deliver_all()
        first = client.get("/")
        assert around(words(client.get(f"/?older={first.context['page'].older}"))) == ([], old[::-1])

    def test_a_list_has_its_own_and_a_part_of_home_that_of_home(
        self, client: Client, noor: Person, ada: Person, ben: Person, friends: List
    ) -> None:
        factories.follow(noor, ben)
        follows.deliver(noor, ben.stream, place=friends)
        by_ada, by_ben = factories.post(ada), factories.post(ben)
        client.get("/")
        for part in ("/?show=people", "/?show=people"):
            client.get(part)
        later, late = factories.post(ada), factories.post(ben)
        deliver_all()
        assert LINE not in words(client.get(f"/lists/{friends.pk}"))
        client.get("/")
        factories.post(ada)
        newest = factories.post(ben)
        deliver_all()
        assert around(words(client.get(f"/lists/{friends.pk}"))) == ([newest.pk], [late.pk, by_ben.pk])
        assert around(words(client.get("/?show=people")))[1] == [by_ada.pk]
        assert later.pk in around(words(client.get("/?show=people")))[0]
