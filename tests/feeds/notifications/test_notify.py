"""Notifications are delivered once, and with a fixed number of queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feeds.models import Notification
from feeds.notifications import notify, pages
from feeds.signals import delivered
from network.actions import follows, likes, watches
from network.models import Activity, Delivery, Mention, Person, Watch
from tests.support import factories
from tests.support.feeds.notifications import notify_all

pytestmark = pytest.mark.django_db


class TestDelivery:
    def test_a_second_delivery_notifies_nobody(
        self, ada: Person, ben: Person, django_capture_on_commit_callbacks: Any
    ) -> None:
        sent: list[dict[str, Any]] = []

        def receive(**kwargs: Any) -> None:
            sent.append(kwargs)

        delivered.connect(receive)
        try:
            with django_capture_on_commit_callbacks(execute=True):
                post = factories.post(ada, "Hello @ben.")
                activity = Activity.objects.get(pk=post.pk)
                notify.deliver(activity)
                notify.deliver(activity)
        finally:
            delivered.disconnect(receive)
        assert Notification.objects.count() == 1
        mine = [each for each in sent if each["id"] == post.pk]
        assert [(each["people"], each["kind"]) for each in mine] == [([ben.pk], "notifications")]

    def test_reading_updates_the_count_of_open_pages(
        self, ada: Person, ben: Person, django_capture_on_commit_callbacks: Any
    ) -> None:
        notified_people: list[list[int]] = []

        def receive(people: list[int], **_: Any) -> None:
            notified_people.append(people)

        factories.follow(ben, ada)
        notify_all()
        delivered.connect(receive)
        try:
            with django_capture_on_commit_callbacks(execute=True):
                notify.mark_all_read(ada, Activity.objects.latest("pk").pk)
                notify.mark_all_read(ada, Activity.objects.latest("pk").pk)
        finally:
            delivered.disconnect(receive)
        assert notified_people == [[ada.pk]]

    def test_only_activities_with_a_trigger_need_a_delivery(self, ada: Person, ben: Person) -> None:
        factories.follow(ben, ada)
        Delivery.objects.all().delete()
        watches.watch_thread(ben, factories.post(ada))
        pending = Delivery.objects.filter(kind=notify.KIND).values_list("activity__type", flat=True)
        assert list(pending) == [Activity.Type.CREATE]

    def test_the_number_of_queries_does_not_grow_with_the_people(self, ada: Person) -> None:
        few = queries_to_notify(ada, watchers=3, named=2)
        many = queries_to_notify(ada, watchers=250, named=250)
        assert many <= 10
        assert many - few <= 3  # an insert carries a few hundred rows; on PostgreSQL, all

    def test_the_page_and_the_count_take_a_fixed_number_of_queries(self, ada: Person) -> None:
        assert count_queries(lambda: pages.page(ada)) == 2
        shy = factories.person("shy", approves=True)
        for _ in range(20):
            someone = factories.person()
            factories.comment(someone, factories.post(shy))
            follows.follow(someone, shy.stream)
        notify_all()
        assert count_queries(lambda: pages.page(shy)) == 4
        post = factories.post(shy)
        for _ in range(5):
            likes.like(factories.person(), post)
        notify_all()
        assert count_queries(lambda: pages.page(shy)) == 5
        assert count_queries(lambda: pages.unread(shy)) == 1


def queries_to_notify(author: Person, *, watchers: int, named: int) -> int:
    post = factories.post(author)
    comment = factories.comment(factories.person(), post)
    people = [factories.person() for _ in range(watchers + named)]
    Watch.objects.bulk_create(Watch(person=person, thread=post) for person in people[:watchers])
    Mention.objects.bulk_create(Mention(post=comment, person=person) for person in people[watchers:])
    activity = Activity.objects.select_related("post", "actor").get(pk=comment.pk)
    count = count_queries(lambda: notify.deliver(activity))
    assert Notification.objects.filter(activity=comment.pk).count() == watchers + named + 1
    return count


def count_queries(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)
