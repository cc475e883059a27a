"""Opening notifications, and marking them as read: by one, by its thread, or all."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from feeds.notifications import pages
from network.actions import follows, invitations, likes, memberships, posts
from network.models import Group, Person
from tests.support import factories
from tests.support.feeds.notifications import notify_all

pytestmark = pytest.mark.django_db


def test_opening_a_notification_marks_no_other(client: Client, noor: Person, ben: Person) -> None:
    comment = factories.comment(ben, factories.post(noor))
    other = factories.comment(ben, factories.post(noor))
    notify_all()
    assert client.get("/notices").status_code == 200
    assert pages.unread(noor) == 2
    assert client.get(f"/notices/{comment.pk}")["Location"] == comment.get_absolute_url()
    unread = pages.of(noor).filter(read_at=None)
    assert list(unread.values_list("activity", flat=True)) == [other.pk]


def test_opening_a_thread_marks_its_comments_as_read(client: Client, noor: Person, ben: Person) -> None:
    post = factories.post(noor)
    comment = factories.comment(ben, post)
    factories.comment(ben, post, "And @noor?")
    elsewhere = factories.comment(ben, factories.post(noor))
    likes.like(ben, post)
    notify_all()
    assert pages.unread(noor) == 4
    client.head(f"/posts/{post.pk}")
    assert pages.unread(noor) == 4
    client.get(f"/posts/{comment.pk}", follow=True)
    left = pages.of(noor).filter(read_at=None)
    assert set(left.values_list("kind", flat=True)) == {"reply", "thanks"} or set(
        left.values_list("activity__post", flat=True)
    ) == {elsewhere.pk, post.pk}


def test_comments_on_another_page_of_the_thread_stay_unread(
    client: Client, noor: Person, ben: Person
) -> None:
    post = factories.post(noor)
    first = factories.comment(ben, post)
    factories.comment(ben, post)
    notify_all()
    client.get(f"/posts/{post.pk}?after={first.pk}")
    left = pages.of(noor).filter(read_at=None)
    assert list(left.values_list("activity", flat=True)) == [first.pk]


def test_a_line_opens_its_first_unread_activity(client: Client, noor: Person, ben: Person) -> None:
    post = factories.post(noor)
    first, second, third = (factories.comment(ben, post) for _ in range(3))
    notify_all()
    shown = pages.page(noor).newest
    assert shown == third.pk
    later = factories.comment(ben, post)
    notify_all()
    assert client.get(f"/notices/{shown}")["Location"] == first.get_absolute_url()
    unread = pages.of(noor).filter(read_at=None)
    assert list(unread.values_list("activity", flat=True)) == [later.pk]
    assert client.get(f"/notices/{later.pk}")["Location"] == later.get_absolute_url()
    assert client.get(f"/notices/{second.pk}")["Location"] == second.get_absolute_url()


def test_a_follow_opens_the_person_and_a_membership_the_group(
    client: Client, noor: Person, ben: Person
) -> None:
    follows.follow(ben, noor.stream)
    group = factories.group(ben, Group.Kind.REQUEST)
    memberships.join(noor, group)
    memberships.accept(ben, group, noor)
    notify_all()
    to_group, to_person = (
        client.get(row.get_absolute_url())["Location"] for row in pages.of(noor).order_by("-activity")
    )
    assert to_group == group.get_absolute_url()
    assert to_person == ben.get_absolute_url()


def test_an_invitation_opens_its_page(client: Client, noor: Person, ada: Person) -> None:
    group = factories.group(ada, Group.Kind.HIDDEN, name="Shore")
    invitation = invitations.invite_person(ada, group, noor)
    notify_all()
    assert "invites you to <a" in " ".join(client.get("/notices").content.decode().split())
    [row] = pages.of(noor)
    assert client.get(row.get_absolute_url())["Location"] == invitation.get_absolute_url()
    assert client.post(invitation.get_absolute_url())["Location"] == group.get_absolute_url()
    assert client.get(row.get_absolute_url()).status_code == 404


def test_all_are_marked_up_to_the_newest_that_the_page_showed(
    client: Client, noor: Person, ben: Person
) -> None:
    post = factories.post(noor)
    factories.comment(ben, post)
    notify_all()
    shown = pages.page(noor).newest
    assert str(shown) in client.get("/notices").content.decode()
    later = factories.comment(ben, post)
    notify_all()
    assert client.post("/notices/seen", {"upto": shown}).status_code == 303
    unread = pages.of(noor).filter(read_at=None)
    assert list(unread.values_list("activity", flat=True)) == [later.pk]


@pytest.mark.parametrize("upto", ["", "-1", "x", str(2**64)])
def test_an_invalid_form_marks_nothing(client: Client, noor: Person, ben: Person, upto: str) -> None:
    likes.like(ben, factories.post(noor))
    notify_all()
    assert client.post("/notices/seen", {"upto": upto}).status_code == 303
    assert pages.unread(noor) == 1


def test_a_notification_of_another_person_is_not_found(
    client: Client, noor: Person, ada: Person, ben: Person
) -> None:
    likes.like(ben, factories.post(ada))
    notify_all()
    theirs = pages.page(ada).newest
    assert client.get(f"/notices/{theirs}").status_code == 404
    assert pages.unread(ada) == 1
    gone = factories.post(ben, "Hello @noor.")
    notify_all()
    posts.delete(ben, gone)
    assert client.get(f"/notices/{gone.pk}").status_code == 404


def test_opening_a_thread_writes_notifications_only_where_some_are_unread(
    client: Client, noor: Person, ben: Person
) -> None:
    post = factories.post(noor)
    likes.like(ben, post)  # stays unread

    def updates() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/posts/{post.pk}")
        return sum(query["sql"].startswith('UPDATE "feeds_notification"') for query in queries)

    found = []
    for _ in range(2):
        factories.comment(ben, post)
        notify_all()
        found += [updates(), updates()]
    assert found == [1, 0, 1, 0]
    assert pages.unread(noor) == 1
