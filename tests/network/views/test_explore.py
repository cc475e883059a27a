"""Explore: what it lists, what the search finds, and the number of queries."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from network.actions import blocks, groups, people, topics
from network.models import Group, Person
from tests.network.views.conftest import words
from tests.support import factories

KINDS = ("people", "topics", "groups")


@pytest.fixture
def world(ada: Person, ben: Person) -> None:
    """A visible and a hidden object of each kind."""
    factories.follow(ben, factories.topic("rivers"))
    factories.group(ada, name="River Watch")
    factories.group(ada, Group.Kind.HIDDEN, name="River Secrets")
    factories.post(ada, "For all.")
    factories.post(ada, "Not listed.", audience="unlisted")
    factories.post(ada, "For few.", audience="followers")


def test_an_anonymous_visitor_sees_public_objects(client: Client, world: None) -> None:
    page = words(client.get("/explore"))
    for shown in ("Ada", "rivers", "River Watch", "For all."):
        assert shown in page
    for hidden in ("River Secrets", "Not listed.", "For few."):
        assert hidden not in page


def test_followed_muted_and_blocked_objects_are_excluded(client: Client, noor: Person, world: None) -> None:
    ada = Person.objects.get(handle="ada")
    assert "For all." in words(client.get("/explore"))
    client.post("/people/ada/mute")
    client.post("/topics/rivers/mute")
    client.post("/people/ben/follow")
    client.post("/groups/river-watch/join")
    page = client.get("/explore")
    assert not any(page.context[kind].rows for kind in KINDS)
    assert "For all." not in words(page)
    blocks.block(ada, noor)
    assert not client.get("/explore", {"q": "ada"}).context["people"].rows


@pytest.mark.parametrize(
    ("asked", "kind", "name"),
    [
        ("AD", "people", "Ada"),
        ("@ada", "people", "Ada"),
        (" RIVERS ", "topics", "rivers"),
        ("#rivers", "topics", "rivers"),
        ("watch", "groups", "River Watch"),
    ],
)
def test_the_search_finds_by_name(client: Client, world: None, asked: str, kind: str, name: str) -> None:
    found = client.get("/explore", {"q": asked}).context[kind].rows
    assert [str(line.what) for line in found] == [name]


@pytest.fixture
def named(db: None) -> None:
    for name in ("Ольга Иванова", "Élodie Dvořák", "Sean O’Brien"):
        factories.person(name=name)
    ada = factories.person("ada_love")
    factories.group(ada, name="Schulgärten über der Elbe")
    factories.post(ada, "#Écologie #Реки")


@pytest.mark.parametrize(
    ("asked", "kind", "found"),
    [
        ("ольга", "people", "Ольга Иванова"),
        ("ИВАНОВА ОЛЬГА", "people", "Ольга Иванова"),
        ("élodie", "people", "Élodie Dvořák"),
        ("elodie", "people", "Élodie Dvořák"),
        ("dvorak elodie", "people", "Élodie Dvořák"),
        ("o'brien", "people", "Sean O’Brien"),
        ("obrien", "people", "Sean O’Brien"),
        ("@ADA_L", "people", "Ada_love"),
        ("garten", "groups", "Schulgärten über der Elbe"),
        ("UBER", "groups", "Schulgärten über der Elbe"),
        ("ecologie", "topics", "écologie"),
        ("реки", "topics", "реки"),
    ],
)
def test_the_search_finds_in_any_case_and_spelling(
    client: Client, named: None, asked: str, kind: str, found: str
) -> None:
    assert [str(line.what) for line in client.get("/explore", {"q": asked}).context[kind].rows] == [found]


def test_a_renamed_person_is_found_by_the_new_name_only(client: Client, ada: Person) -> None:
    people.describe(ada, people.Profile("Countess"))
    people.rename(ada, "lovelace")
    found = {
        asked: client.get("/explore", {"q": asked}).context["people"].rows
        for asked in ("ada", "countess", "love")
    }
    assert [len(found[asked]) for asked in ("ada", "countess", "love")] == [0, 1, 1]


def test_renamed_topics_and_groups_are_found_by_the_new_name(client: Client, ada: Person) -> None:
    tides, ebb = factories.topic("tides"), factories.topic("ebb")
    factories.post(ada, "#tides #ebb")
    topics.describe(ada, tides, title="Marées", description="")
    topics.merge(ada, ebb, tides)
    group = factories.group(ada, name="Old")
    groups.edit(ada, group, groups.GroupDraft("New", description="About knitting"))
    for asked, kind in (("maree", "topics"), ("tides", "topics"), ("ebb", "topics"), ("knit", "groups")):
        assert len(client.get("/explore", {"q": asked}).context[kind].rows) == 1, asked
    assert not client.get("/explore", {"q": "old"}).context["groups"].rows


def test_followed_objects_are_found_by_name(client: Client, noor: Person, world: None) -> None:
    client.post("/people/ada/follow")
    assert "Following" in words(client.get("/explore", {"q": "ada"}))


@pytest.mark.parametrize("asked", ["%", "_", "'", "\\", "x" * 5000, "<script>alert(1)</script>"])
def test_unusual_words_find_nothing_and_do_not_fail(client: Client, world: None, asked: str) -> None:
    response = client.get("/explore", {"q": asked})
    assert response.status_code == 200
    assert not any(response.context[kind].rows for kind in KINDS)
    assert "<script>alert" not in words(response)


def test_only_members_find_a_hidden_group(client: Client, noor: Person, world: None) -> None:
    assert not client.get("/explore", {"q": "secrets"}).context["groups"].rows
    factories.join(noor, Group.objects.get(name="River Secrets"))
    assert client.get("/explore", {"q": "secrets"}).context["groups"].rows


@pytest.mark.parametrize("place", ["direct", "followers", "unlisted", "group"])
def test_a_topic_used_only_in_hidden_posts_is_not_found(
    client: Client, noor: Person, ada: Person, place: str
) -> None:
    group = factories.group(ada, Group.Kind.HIDDEN) if place == "group" else None
    factories.post(ada, "#layoffs", audience=place, group=group)
    assert not client.get("/explore/topics").context["page"].rows
    assert not client.get("/explore/topics", {"q": "layoffs"}).context["page"].rows
    factories.post(ada, "#layoffs")
    assert client.get("/explore/topics").context["page"].rows


@pytest.mark.parametrize("kind", [*KINDS, "posts"])
def test_each_kind_is_paged_by_cursor_to_its_end(
    client: Client, noor: Person, ada: Person, kind: str
) -> None:
    make: dict[str, Callable[[int], object]] = {
        "people": lambda number: factories.person(),
        "topics": lambda number: factories.post(ada, f"#topic{number}"),
        "groups": lambda number: factories.group(ada),
        "posts": lambda number: factories.post(ada),
    }
    for number in range(50):
        make[kind](number)
    with CaptureQueriesContext(connection) as first_page:
        first = client.get(f"/explore/{kind}")
    assert len(first_page) <= 14
    second = client.get(f"/explore/{kind}", {"before": first.context["page"].older})
    rows = [row for response in (first, second) for row in response.context["page"].rows]
    ids = [row.shown.post.pk if kind == "posts" else row.what.pk for row in rows]
    assert len(ids) == len(set(ids)) == 50 + (kind == "people")
    assert second.context["page"].older is None


def test_objects_are_ordered_by_followers(client: Client, noor: Person, ada: Person, ben: Person) -> None:
    chi = factories.person("chi")
    for follower in (ada, chi):
        factories.follow(follower, ben)
    factories.follow(ben, ada)
    people = client.get("/explore/people").context["page"].rows
    assert [line.what for line in people] == [ben, ada, chi]


def test_other_kinds_and_invalid_cursors_are_not_found(db: None, client: Client) -> None:
    assert client.get("/explore/nonsense").status_code == 404
    assert client.get("/explore/people", {"before": "x"}).status_code == 400


@pytest.mark.parametrize("path", ["/people/a-b", "/people/" + "x" * 99, "/invitations/x", "/groups/a.b"])
def test_an_invalid_name_is_not_found(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_person_who_gains_followers_between_two_pages_is_shown_once(db: None, client: Client) -> None:
    everybody = [factories.person() for _ in range(50)]
    for number, person in enumerate(everybody[:10]):
        for follower in everybody[10 : 20 - number]:
            factories.follow(follower, person)
    first = shown(page := words(client.get("/explore/people")))
    last = Person.objects.get(handle=first[-1])
    for follower in everybody[:3]:
        factories.follow(follower, last)
    factories.follow(everybody[0], everybody[49])
    older = page.partition("before=")[2].partition('"')[0]
    second = shown(words(client.get(f"/explore/people?before={older}")))
    assert sorted(first + second) == sorted(person.handle for person in everybody)


def shown(page: str) -> list[str]:
    main = page.partition("<main")[2].partition("</main")[0]
    return re.findall(r'class="name" href="/people/(\w+)"', main)


@pytest.mark.parametrize(
    "raw", ["", "x", "0", "1-", "-1", "1-2-x", "1.", "1.x", "1.2.3", "1" * 17, "-".join(["1"] * 400)]
)
def test_invalid_positions(db: None, client: Client, raw: str) -> None:
    for address in ("/explore/people", "/explore/topics", "/explore/groups", "/groups"):
        assert client.get(f"{address}?before={raw}").status_code == 400, address
