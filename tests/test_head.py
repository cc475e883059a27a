"""HEAD requests have no side effects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from feeds.models import Notification
from network.models import Marker, Person, Reading
from tests.support import factories
from tests.support.addresses import addresses

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


@pytest.fixture
def ada(db: None, client: Client) -> Person:
    """A person who is signed in with `client`, and an administrator, so that every route is accessible."""
    user = factories.user("ada")
    user.is_staff = user.is_superuser = True
    user.save()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return user.person


@contextmanager
def writes() -> Iterator[list[str]]:
    """Collect the SQL statements that write."""
    found: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *more: Any) -> Any:
        if sql.lstrip().upper().startswith(WRITES):
            found.append(sql)
        return execute(sql, *more)

    with connection.execute_wrapper(note):
        yield found


def test_head_writes_nothing_on_any_route(ada: Person, client: Client) -> None:
    client.raise_request_exception = False
    written = {}
    for name, address in addresses(ada):
        with writes() as found:
            response = client.head(address)
        assert response.status_code < 500, name
        assert not response.content, name
        if found:
            written[name] = found
    assert written == {}


def test_head_marks_nothing_as_read(ada: Person, client: Client) -> None:
    root = factories.post(ada, "Mine.")
    factories.comment(factories.person("ben"), root)
    notice = Notification.objects.create(person=ada, kind="comment", activity_id=root.pk)
    for address in ("/", f"/posts/{root.pk}", f"/notices/{notice.activity_id}"):
        assert client.head(address).status_code in (200, 302)
    assert not Marker.objects.exists()
    assert not Reading.objects.exists()
    assert not Notification.objects.exclude(read_at=None).exists()
    for address in ("/", f"/posts/{root.pk}", f"/notices/{notice.activity_id}"):
        client.get(address)
    assert Marker.objects.exists()
    assert Reading.objects.exists()
    assert Notification.objects.exclude(read_at=None).exists()
