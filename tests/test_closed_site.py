"""A closed server shows people who are signed out how to come in, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db.models import Q
from django.test import Client
from django.urls import reverse

from network import closed_site
from network.models import Group, Person, Site
from network.queries import groups, people
from network.queries.posts import readable_by
from tests.support import factories
from tests.support.access import ROUTES, WHILE_CLOSED
from tests.support.addresses import addresses
from tests.support.planting import built_anew
from tests.test_hidden_things import EACH_TIME, NOTHING, arguments, nothing

pytestmark = pytest.mark.django_db

SECRET = "canary"
WAYS: list[tuple[str, dict[str, str]]] = [("get", {}), ("head", {}), ("post", {"text": "x"}), ("put", {})]


@pytest.fixture
def ada() -> Person:
    return factories.user("ada").person


@pytest.fixture
def closed() -> None:
    Site.objects.create(pk=1, is_open=False)


@pytest.fixture
def visitor() -> Client:
    """A browser without a session, on another machine."""
    return Client(REMOTE_ADDR="203.0.113.7")


def send(visitor: Client, way: str, address: str, data: dict[str, str], **headers: str) -> Any:
    cache.clear()  # no limit of requests applies here
    return getattr(visitor, way)(address, data, headers=headers)


def absent() -> Iterator[tuple[str, str]]:
    """The name of each route of Kith, with an address of it that leads to nothing; and addresses of no route."""
    for name in ROUTES:
        yield name, reverse(name, kwargs=nothing(dict.fromkeys(arguments(name))))
    for address in ("/no-such-page", "/posts/x/y", "/static/none.css", "/accounts/none/", "/admin/none/"):
        yield "", address


def answering(visitor: Client, found: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The requests that get anything but the way to the sign-in page, by the name of the route."""
    for name, address in found:
        for way, data in WAYS:
            back = quote(address) if way in ("get", "head") else "/"
            response = send(visitor, way, address, data)
            got = response.status_code, response.content, response.headers.get("Location")
            if got != (303, b"", f"/accounts/login/?next={back}"):
                yield name


def test_only_what_leads_in_answers(ada: Person, closed: None, visitor: Client):
    there, not_there = [*addresses(ada)], [*absent()]
    assert set(answering(visitor, there)) == WHILE_CLOSED.intersection(name for name, _address in there)
    assert set(answering(visitor, not_there)) == WHILE_CLOSED.intersection(ROUTES)


def test_parts_and_json_are_redirected_too(ada: Person, closed: None, visitor: Client):
    said = factories.post(ada, SECRET)
    for path in (f"/posts/{said.pk}/part", f"/posts/{NOTHING['post_id']}/part", "/explore/posts?before=1"):
        page = {"HX-Request": "true", "HX-Current-URL": "http://testserver/explore"}
        response = send(visitor, "get", path, {}, **page)
        assert (response.status_code, response.content) == (204, b"")
        assert response["HX-Redirect"] == f"/accounts/login/?next={quote(path)}"
        response = send(visitor, "get", path, {}, accept="application/json")
        assert (response.status_code, response.content) == (303, b"")


def test_everything_answers_while_the_server_is_open(ada: Person, visitor: Client):
    assert len(set(answering(visitor, addresses(ada)))) > len(WHILE_CLOSED) + 10
    Site.objects.create(pk=1, is_open=True)
    assert visitor.get("/explore").status_code == 200
    assert visitor.get("/no-such-page").status_code == 404


def test_people_who_are_signed_in_notice_nothing(ada: Person, closed: None, client: Client):
    client.force_login(ada.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    said = factories.post(factories.person("ben"), SECRET)
    assert SECRET in client.get(f"/posts/{said.pk}").content.decode()
    assert client.get("/no-such-page").status_code == 404


def shown(visitor: Client, found: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The text of each page that answers, without what differs in each response."""
    pages = {name: send(visitor, "get", address, {}) for name, address in found if name in WHILE_CLOSED}
    return {name: re.sub(EACH_TIME, "", page.content.decode()) for name, page in pages.items()}


def test_what_answers_tells_nothing_of_the_place(ada: Person, closed: None, visitor: Client):
    """The pages are the same before anything was written and afterwards."""
    found = [*addresses(ada)]
    before = shown(visitor, found)
    ben = factories.user("ben").person
    factories.follow(ben, ada)
    factories.post(factories.person(SECRET, name=SECRET), f"{SECRET} #{SECRET}")
    factories.post(ada, SECRET, group=factories.group(ben, Group.Kind.OPEN, ada, name=SECRET))
    assert shown(visitor, found) == before
    named = [
        name for name, page in before.items() for word in ("Ada", "@ada", "tide", "turns") if word in page
    ]
    assert named == []


def leaks(visitor: Client, ada: Person) -> set[str]:
    """The routes that show the secret, or fail, without the middleware."""
    without = [one for one in settings.MIDDLEWARE if "closed_site" not in one]
    ben = factories.person("ben", name=f"The {SECRET}")
    said = factories.post(ben, f"{SECRET} #{SECRET}s")
    factories.comment(ada, said, SECRET)
    group = factories.group(ben, name=f"{SECRET}s")
    there = {"post_id": str(said.pk), "handle": "ben", "slug": group.slug, "name": f"{SECRET}s"}
    found = set()
    for name in ROUTES:
        address = reverse(name, kwargs={one: there.get(one, NOTHING[one]) for one in arguments(name)})
        with mock.patch.object(settings, "MIDDLEWARE", without):
            response = Client(REMOTE_ADDR="203.0.113.7").get(
                address, {"place": f"thread:{said.pk}", "since": "1"}
            )
        text = response.content.decode().replace(address, "").replace(f"/topics/{SECRET}s", "")
        if response.status_code >= 500 or SECRET in re.sub(rf"#?{SECRET}s\b", "", text):
            found.add(name)
    return found


def test_no_page_tells_anything_even_if_it_is_not_redirected(ada: Person, closed: None, visitor: Client):
    assert leaks(visitor, ada) == set()


@contextmanager
def planted() -> Iterator[None]:
    """The rules of reading, in SQL and in memory, forget that the server is closed."""
    forgets = mock.patch.multiple("network.queries.site", while_open=Q, is_open=lambda: True)
    with forgets, built_anew():
        yield


def test_planted_leaks_are_found(ada: Person, closed: None, visitor: Client):
    with mock.patch.object(closed_site, "ANSWERING", closed_site.ANSWERING | {"explore"}):
        assert "explore" in set(answering(visitor, absent()))
    with planted():
        assert leaks(visitor, ada) >= {
            "home",
            "explore",
            "post",
            "post_part",
            "person",
            "group",
            "live_missed",
        }


class TestCost:
    def test_a_visitor_costs_one_query(self, visitor: Client, django_assert_num_queries: Any):
        visitor.get("/about")  # compiles
        with django_assert_num_queries(0):
            visitor.get("/about")
        visitor.get("/no-such-page")
        with django_assert_num_queries(1):
            visitor.get("/no-such-page")

    def test_a_query_reads_the_choice_once(self, ada: Person):
        """Not once for each row: the plan has it as a query of its own."""
        factories.post(ada)
        for rows in (readable_by(None), groups.visible_to(None), people.visible_to(None)):
            plan = rows.explain()
            assert "CORRELATED" not in plan
            assert "InitPlan" in plan or "SCALAR SUBQUERY" in plan

    def test_a_person_costs_none(self, ada: Person, client: Client, django_assert_num_queries: Any):
        client.force_login(ada.user, backend=settings.AUTHENTICATION_BACKENDS[0])
        with mock.patch("network.queries.site.is_open", side_effect=AssertionError):
            assert client.get("/explore").status_code == 200


class TestWelcome:
    def test_a_closed_server_says_so(self, closed: None, visitor: Client):
        page = visitor.get("/").content.decode()
        assert "This place is closed" in page
        assert page.count("btn go") == 1

    def test_an_open_server_shows_what_is_written(self, ada: Person, visitor: Client):
        factories.post(ada, SECRET)
        page = visitor.get("/").content.decode()
        assert SECRET in page
        assert "closed" not in page


def test_an_operator_reads_metrics(closed: None):
    assert Client().get("/metrics").status_code == 200
    assert Client(REMOTE_ADDR="203.0.113.7").get("/metrics").status_code == 303
