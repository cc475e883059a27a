"""Grouping into lines, pages of lines, and the number of new lines."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from feeds.models import Notification
from feeds.notifications import grouping, notify, pages
from feeds.notifications.rendering import plain
from network import ids
from network.actions import follows, likes, mutes, reshares, watches
from network.models import Activity, Group, Person
from tests.support import factories
from tests.support.feeds.notifications import notify_all

pytestmark = pytest.mark.django_db
Line = tuple[int, int, bool]  # the newest activity, the number of people, whether it is new


def expected(person: Person, upto: int) -> list[Line]:
    """The lines of a person, computed by plain loops over their rows."""
    rows = Notification.objects.filter(person=person, activity__lte=upto).select_related("activity__post")
    lines: defaultdict[object, list[Notification]] = defaultdict(list)
    for row in rows:
        day = ids.at(row.activity_id).date()
        post = row.activity.post
        if row.kind in ("comment", "message") and post is not None:
            lines[row.kind, post.thread_id, day].append(row)
        elif row.kind in ("thanks", "follow") or row.activity.type == Activity.Type.ANNOUNCE:
            lines[row.kind, row.activity.post_id, day].append(row)
        else:
            lines[row.pk].append(row)
    found = [
        (
            max(row.activity_id for row in line),
            len({row.activity.actor_id for row in line}),
            any(row.read_at is None for row in line),
        )
        for line in lines.values()
    ]
    return sorted(found, reverse=True)


def walk(person: Person, act: object = None) -> list[Line]:
    """All lines, page by page, with `act()` between the pages."""
    found: list[Line] = []
    cursor = None
    while True:
        page = pages.page(person, cursor=cursor)
        found += [(line.newest.activity_id, line.people_count, line.is_new) for line in page.lines]
        assert all(len(line.people) == min(line.people_count, grouping.PEOPLE_NAMED) for line in page.lines)
        cursor = page.older
        if cursor is None:
            return found
        if callable(act):
            act()


@pytest.mark.parametrize("seed", range(4))
def test_pages_equal_plain_loops_while_activities_continue(
    seed: int, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE", 3)
    monkeypatch.setattr(pages, "WINDOW", seed * 4)
    chance = random.Random(seed)
    midnight = (timezone.now() + timedelta(days=1)).replace(hour=0, minute=0, second=0)
    people = [factories.person() for _ in range(5)]
    posts = [factories.post(ada) for _ in range(4)]

    def act() -> None:
        who, post = chance.choice(people), chance.choice(posts)
        chance.choice(
            [
                lambda: likes.like(who, post),
                lambda: reshares.reshare(who, post),
                lambda: factories.comment(who, post),
                lambda: factories.comment(who, post, "Is it so, @ada?"),
                lambda: follows.follow(who, ada.stream),
            ]
        )()
        notify_all()

    for hours in sorted(chance.uniform(0, 40) for _ in range(50)):
        with ids.at_moment(midnight + timedelta(hours=hours)):
            act()
    newest = pages.page(ada).newest
    notify.mark_all_read(ada, chance.choice(expected(ada, newest))[0])
    lines = expected(ada, newest)
    assert len(lines) > 12
    assert any(number > 1 for _id, number, _is_new in lines)
    assert pages.unread(ada) == sum(is_new for _id, _number, is_new in lines)
    with ids.at_moment(midnight + timedelta(hours=41)):
        assert walk(ada, act) == lines
    assert walk(ada) == expected(ada, ids.MAX)


def test_a_line_is_not_cut_by_the_end_of_a_page(
    ada: Person, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE", 2)
    post = factories.post(ada)
    people = [factories.person() for _ in range(3)]
    for person in people:
        likes.like(person, post)
        factories.post(ben, "Did you see, @ada?")
    notify_all()
    assert [number for _id, number, _new in walk(ada)] == [1, 3, 1, 1]


def test_a_mute_lowers_the_count_until_it_ends(ada: Person, ben: Person, chi: Person) -> None:
    """The compiled query takes the person and the time of each call."""
    for who in (ben, chi):
        factories.comment(who, factories.post(ada))
    notify_all()
    assert (pages.unread(ada), pages.unread(ben)) == (2, 0)
    mutes.mute_person(ada, ben, until=timedelta(hours=1))
    assert pages.unread(ada) == 1
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert pages.unread(ada) == 2


def test_each_day_has_its_own_line(ada: Person, ben: Person, chi: Person) -> None:
    post = factories.post(ada)
    with ids.at_moment(timezone.now() + timedelta(hours=1)):
        likes.like(ben, post)
    with ids.at_moment(timezone.now() + timedelta(hours=26)):
        likes.like(chi, post)
    notify_all()
    assert [number for _id, number, _new in walk(ada)] == [1, 1]


def test_posts_of_an_author_and_threads_of_a_group_are_lines(ada: Person, ben: Person, chi: Person) -> None:
    group = factories.group(ada, Group.Kind.OPEN, ben, chi, name="Shore")
    for stream in (ada.stream, group.stream):
        watches.watch_stream(ben, stream, watches.Level.ALL)
    for number in (1, 2):
        factories.post(ada, f"Post {number}.")
        factories.post(chi, f"Thread {number}.", group=group)
    notify_all()
    assert [(line.newest.kind, line.acts, plain(line)) for line in pages.page(ben).lines] == [
        ("thread", 2, "Chi began 2 threads in Shore"),
        ("post", 2, "Ada wrote 2 posts, the last “Post 2.”"),
    ]
    assert pages.unread(ben) == 2


def test_counting_reads_activities_by_id(ada: Person, ben: Person) -> None:
    acts = [Activity(pk=pk, type=Activity.Type.FOLLOW, actor=ben, stream=ada.stream) for pk in range(1, 8000)]
    acts = Activity.objects.bulk_create(acts)
    rows = [Notification(person=ada, activity=act, kind="follow") for act in acts[::20]]
    Notification.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    plan = pages._new_lines(ada).explain()
    assert "network_activity" in plan
    assert not re.search(r"(Seq Scan on|SCAN) network_activity", plan), plan
