"""What a page of a feed says: that posts come late, that it is rebuilt, or that nothing is new."""

from __future__ import annotations

from django.test import Client

from feeds.timelines import store
from network.models import Person
from tests.feeds.timelines.test_pending import later
from tests.support import factories
from tests.support.feeds.delivering import deliver_all


def test_a_page_says_that_it_is_late_in_one_line(ada: Person, noor: Person, client: Client):
    factories.follow(noor, ada)
    factories.post(ada)
    deliver_all()
    factories.post(ada)
    assert "catching up" not in client.get("/").content.decode()
    with later():
        page = client.get("/").content.decode()
    assert page.count("catching up") == 1
    assert "put together again" not in page


def test_a_page_says_that_it_is_being_built(ada: Person, noor: Person, client: Client):
    factories.follow(noor, ada)
    factories.post(ada)
    deliver_all()
    mark = store.begin_rebuild(noor.pk)
    assert mark is not None
    page = client.get("/").content.decode()
    assert page.count("put together again") == 1
    assert "catching up" not in page
    store.forget([noor.pk])
    assert "put together again" not in client.get("/").content.decode()


def test_a_late_page_does_not_say_that_nothing_is_new(ada: Person, noor: Person, client: Client):
    factories.follow(noor, ada)
    factories.post(ada)
    deliver_all()
    assert "Nothing new" not in client.get("/").content.decode(), "all of it is new"
    assert client.get("/").content.decode().count("Nothing new since") == 1
    pending = factories.post(ada)
    with later():
        page = client.get("/").content.decode()
        assert "Nothing new" not in page
        assert f'id="p{pending.pk}"' in page
        assert "catching up" in page
    deliver_all()
    assert "Nothing new" in client.get("/").content.decode()


def test_a_request_of_a_script_marks_nothing_as_read(ada: Person, noor: Person, client: Client):
    factories.follow(noor, ada)
    factories.post(ada)
    deliver_all()
    client.get("/")
    factories.post(ada, "While the page stands open")
    deliver_all()
    client.get("/", headers={"peek": "1"})
    assert "Nothing new" not in client.get("/").content.decode()
