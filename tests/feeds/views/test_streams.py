"""The pages of topics and people: who finds them, what they show, and what they cost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from network.actions import blocks, people, topics
from network.actions.people import Privacy
from network.models import Person
from tests.feeds.views.test_home import cards
from tests.network.views.conftest import words
from tests.support import factories

ClientFor = Callable[[Person], Client]


def test_a_topic_shows_what_was_said_about_it_to_anybody(db: None, client: Client, ada: Person) -> None:
    post = factories.post(ada, "About #rivers.")
    factories.post(ada, "About nothing.")
    page = words(client.get("/topics/rivers"))
    assert cards(page) == [post.pk]
    assert 'data-live-place="topic:' in page


def test_a_name_that_nobody_used_has_a_page_and_can_be_followed(client: Client, noor: Person) -> None:
    page = words(client.get("/topics/limpets"))
    assert "Nobody has written here yet." in page
    assert client.post("/topics/limpets/follow").status_code == 303
    assert noor.follows.get().stream.topic.name == "limpets"


@pytest.mark.parametrize("name", ["12", "a-b", "x" * 61, "_", "a b"])
def test_what_cannot_be_a_topic_is_not_there(client: Client, noor: Person, name: str) -> None:
    assert client.get(f"/topics/{name}").status_code == 404
    assert client.post(f"/topics/{name}/follow").status_code == 404


def test_another_spelling_and_an_alias_lead_to_the_topic(db: None, client: Client, ada: Person) -> None:
    rivers, streams = factories.topic("rivers"), factories.topic("streams")
    topics.merge(ada, streams, rivers)
    for name in ("Rivers", "ＲＩＶＥＲＳ", "streams"):
        response = client.get(f"/topics/{name}")
        assert (response.status_code, response["Location"]) == (301, "/topics/rivers")


def test_a_muted_topic_is_still_read_by_its_address(client: Client, noor: Person, ada: Person) -> None:
    post = factories.post(ada, "About #rivers.")
    client.post("/topics/rivers/mute")
    page = words(client.get("/topics/rivers"))
    assert cards(page) == [post.pk]
    assert "you muted it" in page


def test_a_former_handle_and_capitals_lead_to_the_person(db: None, client: Client, ada: Person) -> None:
    people.rename(ada, "lovelace")
    for handle in ("ada", "Ada", "LoveLace"):
        response = client.get(f"/people/{handle}")
        assert (response.status_code, response["Location"]) == (301, "/people/lovelace")


def test_with_a_block_neither_has_a_page_for_the_other(
    noor: Person, ada: Person, as_person: ClientFor
) -> None:
    blocks.block(ada, noor)
    for reader, handle in ((noor, "ada"), (ada, "noor")):
        browser = as_person(reader)
        nobody = browser.get("/people/nobody")
        for path in ("", "/followers", "/following"):
            response = browser.get(f"/people/{handle}{path}")
            assert response.status_code == 404
            assert "There is nothing here that you can see." in words(response)
        for path in ("follow", "mute", "block", "accept", "remove"):
            assert browser.post(f"/people/{handle}/{path}").status_code == 404
        assert words(nobody).count(handle) == words(browser.get(f"/people/{handle}")).count(handle)


def test_a_page_of_a_person_has_no_direct_posts_and_what_the_reader_may_see(
    noor: Person, ada: Person, client: Client
) -> None:
    public = factories.post(ada)
    factories.post(ada, audience="direct", to=(noor,))
    for_followers = factories.post(ada, audience="followers")
    assert cards(words(client.get("/people/ada"))) == [public.pk]
    factories.follow(noor, ada)
    assert cards(words(client.get("/people/ada"))) == [for_followers.pk, public.pk]


def test_hidden_lists_are_there_for_oneself_alone(noor: Person, ada: Person, as_person: ClientFor) -> None:
    factories.follow(noor, ada)
    people.set_privacy(ada, Privacy(approves_followers=False, hides_follows=True))
    factories.group(ada, name="Her Group")
    stranger, herself = as_person(noor), as_person(ada)
    assert "/people/ada/followers" not in words(stranger.get("/people/ada"))
    assert "Her Group" not in words(stranger.get("/people/ada"))
    assert "Her Group" in words(herself.get("/people/ada"))
    for name in ("followers", "following"):
        assert stranger.get(f"/people/ada/{name}").status_code == 404
        assert herself.get(f"/people/ada/{name}").status_code == 200


def test_who_hides_whom_they_follow_is_in_nobody_elses_list(
    client: Client, noor: Person, ada: Person, as_person: ClientFor
) -> None:
    shy = factories.person("shy")
    factories.follow(shy, ada)
    factories.follow(ada, shy)
    people.set_privacy(shy, Privacy(approves_followers=False, hides_follows=True))
    for path in ("/people/ada/followers", "/people/ada/following"):
        for stranger in (Client(), as_person(noor)):
            assert "@shy" not in words(stranger.get(path))
        for concerned in (as_person(ada), as_person(shy)):
            assert "@shy" in words(concerned.get(path))


@pytest.mark.parametrize("kind", [factories.Group.Kind.REQUEST, factories.Group.Kind.HIDDEN])
def test_a_group_that_is_not_open_is_not_told_by_the_page_of_a_member(
    noor: Person, ada: Person, as_person: ClientFor, kind: factories.Group.Kind
) -> None:
    group = factories.group(ada, kind, name="Trainees")
    browser = as_person(noor)
    for path in ("/people/ada", "/people/ada/following"):
        assert "Trainees" not in words(browser.get(path))
    factories.join(noor, group)
    for path in ("/people/ada", "/people/ada/following"):
        assert "Trainees" in words(browser.get(path))


def test_requests_stand_on_ones_own_page_alone(noor: Person, as_person: ClientFor) -> None:
    bea = factories.person("bea", approves=True)
    as_person(noor).post("/people/bea/follow")
    assert "Requested" in words(as_person(noor).get("/people/bea"))
    assert "Asking to follow you" not in words(as_person(noor).get("/people/bea"))
    page = words(as_person(bea).get("/people/bea"))
    assert "Asking to follow you" in page
    assert 'action="/people/noor/accept"' in page


def test_you_is_ones_own_page(client: Client, noor: Person) -> None:
    assert client.get("/you")["Location"] == "/people/noor"
    assert 'href="/you" aria-current="page"' in words(client.get("/people/noor"))


@pytest.mark.parametrize("path", ["/people/ada", "/topics/topic"])
def test_a_page_costs_the_same_with_one_card_and_with_fifty(
    client: Client, noor: Person, ada: Person, path: str
) -> None:
    factories.follow(noor, ada)
    factories.post(ada, "One #topic.")
    with CaptureQueriesContext(connection) as one:
        client.get(path)
    for number in range(49):
        factories.post(ada, f"Number {number} #topic #topic{number}.")
        factories.group(ada)
    with CaptureQueriesContext(connection) as many:
        assert len(cards(words(client.get(path)))) == 20
    assert len(many) <= len(one)
    assert len(many) <= 20


@pytest.mark.parametrize("path", ["followers", "following"])
def test_a_list_of_people_goes_by_cursor_and_costs_the_same(
    client: Client, noor: Person, ada: Person, path: str
) -> None:
    for _number in range(50):
        somebody = factories.person()
        factories.follow(somebody, ada)
        factories.follow(ada, somebody)
    with CaptureQueriesContext(connection) as many:
        first = client.get(f"/people/ada/{path}")
    assert len(many) <= 9
    second = client.get(f"/people/ada/{path}", {"before": first.context["page"].older})
    met = [line.what.pk for response in (first, second) for line in response.context["page"].rows]
    assert len(met) == len(set(met)) == 50
    assert second.context["page"].older is None
