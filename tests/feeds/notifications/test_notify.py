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
    def test_twice_is_once(self, ada: Person, ben: Person, django_capture_on_commit_callbacks: Any) -> None:
        said: list[dict[str, Any]] = []

        def hear(**kwargs: Any) -> None:
            said.append(kwargs)

        delivered.connect(hear)
        try:
            with django_capture_on_commit_callbacks(execute=True):
                post = factories.post(ada, "Hello @ben.")
                activity = Activity.objects.get(pk=post.pk)
                notify.deliver(activity)
                notify.deliver(activity)
        finally:
            delivered.disconnect(hear)
        assert Notification.objects.count() == 1
        mine = [each for each in said if each["id"] == post.pk]
        assert [(each["people"], each["kind"]) for each in mine] == [([ben.pk], "notifications")]

    def test_reading_lets_other_pages_count_anew(
        self, ada: Person, ben: Person, django_capture_on_commit_callbacks: Any
    ) -> None:
        heard: list[list[int]] = []

        def hear(people: list[int], **_: Any) -> None:
            heard.append(people)

        factories.follow(ben, ada)
        notify_all()
        delivered.connect(hear)
        try:
            with django_capture_on_commit_callbacks(execute=True):
                notify.mark_all_read(ada, Activity.objects.latest("pk").pk)
                notify.mark_all_read(ada, Activity.objects.latest("pk").pk)
        finally:
            delivered.disconnect(hear)
        assert heard == [[ada.pk]]

    def test_only_what_may_concern_somebody_is_owed(self, ada: Person, ben: Person) -> None:
        factories.follow(ben, ada)
        Delivery.objects.all().delete()
        watches.watch_thread(ben, factories.post(ada))
        owed = Delivery.objects.filter(kind=notify.KIND).values_list("activity__type", flat=True)
        assert list(owed) == [Activity.Type.CREATE]

    def test_five_hundred_people_take_no_more_queries_than_five(self, ada: Person) -> None:
        few = queries_to_tell(ada, watchers=3, named=2)
        many = queries_to_tell(ada, watchers=250, named=250)
        assert many <= 10
        assert many - few <= 3  # an insert carries a few hundred rows; on PostgreSQL, all

    def test_the_page_and_the_count_ask_a_fixed_number_of_questions(self, ada: Person) -> None:
        assert questions(lambda: pages.page(ada)) == 2
        shy = factories.person("shy", approves=True)
        for _ in range(20):
            someone = factories.person()
            factories.comment(someone, factories.post(shy))
            follows.follow(someone, shy.stream)
        notify_all()
        assert questions(lambda: pages.page(shy)) == 4
        post = factories.post(shy)
        for _ in range(5):
            likes.like(factories.person(), post)
        notify_all()
        assert questions(lambda: pages.page(shy)) == 6
        assert questions(lambda: pages.unread(shy)) == 1


def queries_to_tell(author: Person, *, watchers: int, named: int) -> int:
    post = factories.post(author)
    comment = factories.comment(factories.person(), post)
    people = [factories.person() for _ in range(watchers + named)]
    Watch.objects.bulk_create(Watch(person=person, thread=post) for person in people[:watchers])
    Mention.objects.bulk_create(Mention(post=comment, person=person) for person in people[watchers:])
    activity = Activity.objects.select_related("post", "actor").get(pk=comment.pk)
    asked = questions(lambda: notify.deliver(activity))
    assert Notification.objects.filter(activity=comment.pk).count() == watchers + named + 1
    return asked


def questions(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as asked:
        act()
    return len(asked)
