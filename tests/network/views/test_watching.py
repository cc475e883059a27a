"""Threads, people and groups are watched, and threads are muted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from network.actions import mutes
from network.models import Group, Mute, Person, Watch
from tests.network.views.conftest import words
from tests.support import factories

pytestmark = pytest.mark.django_db


def test_a_thread_is_watched_and_unwatched(client: Client, noor: Person, ada: Person) -> None:
    comment = factories.comment(ada, factories.post(ada))
    client.post(f"/posts/{comment.pk}/watch")
    assert Watch.objects.get(person=noor).thread == comment.thread
    assert "Stop watching this thread" in words(client.get(f"/posts/{comment.thread_id}/menu"))
    client.post(f"/posts/{comment.pk}/watch", {"undo": "1"})
    assert Watch.objects.get(person=noor).level == Watch.Level.NAMED
    client.post(f"/posts/{comment.pk}/watch", {"level": "nothing"})
    assert 'value="nothing" selected' in words(client.get(f"/posts/{comment.thread_id}"))
    assert client.post(f"/posts/{comment.pk}/watch", {"level": "much"}).status_code == 400


def test_people_and_groups_are_watched_on_their_pages(client: Client, noor: Person, ada: Person) -> None:
    group = factories.group(ada, Group.Kind.REQUEST, noor)
    for what in (ada, group):
        page = words(client.get(what.get_absolute_url()))
        assert f'action="/streams/{what.pk}/watch"' in page
        answer = client.post(f"/streams/{what.pk}/watch", {"level": "all"})
        assert answer["Location"] == what.get_absolute_url()
        assert 'value="all" selected' in words(client.get(what.get_absolute_url()))
        client.post(f"/streams/{what.pk}/watch", {"level": ""})
    assert not Watch.objects.filter(person=noor).exists()


def test_a_thread_is_muted_for_a_time(client: Client, noor: Person, ada: Person) -> None:
    post = factories.post(ada)
    assert "Mute this thread for a day" in words(client.get(f"/posts/{post.pk}/menu"))
    client.post(f"/posts/{post.pk}/mute", {"for": "week"})
    until = Mute.objects.get(person=noor, thread=post).until
    assert until is not None
    assert timedelta(days=6) < until - timezone.now() <= timedelta(days=7)


def test_a_thread_can_be_muted_from_any_of_its_posts(client: Client, noor: Person, ada: Person) -> None:
    comment = factories.comment(ada, factories.post(ada))
    client.post(f"/posts/{comment.pk}/mute")
    assert Mute.objects.get(person=noor).thread_id == comment.thread_id
    assert "Unmute this thread" in words(client.get(f"/posts/{comment.thread_id}/menu"))
    client.post(f"/posts/{comment.pk}/mute", {"undo": "1"})
    assert not Mute.objects.exists()


def test_a_muted_thread_opens_at_its_url(client: Client, noor: Person, ada: Person) -> None:
    root = factories.post(ada)
    mutes.mute_thread(noor, root)
    mutes.mute_person(noor, ada)
    assert client.get(f"/posts/{root.pk}").status_code == 200
