"""Cards: reading a page of a feed changes nothing."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from feeds.feed import Feed
from feeds.reading import cards
from network.models import Marker, Person
from tests.support import factories
from tests.support.feeds.delivering import deliver_all


def test_reading_a_feed_writes_nothing(ada: Person, ben: Person):
    factories.follow(ben, ada)
    post = factories.post(ada)
    deliver_all()
    with CaptureQueriesContext(connection) as queries:
        page = cards.of_feed(Feed(factories.fresh(ben)))
    assert [card.shown.post for card in page.cards] == [post]
    writes = ("INSERT", "UPDATE", "DELETE", "SAVEPOINT")
    assert not [query["sql"] for query in queries if query["sql"].startswith(writes)]
    assert not Marker.objects.exists()
