"""A closed site with an administrator, and clients of the two."""

from __future__ import annotations

import pytest
from django.test import Client

from network.models import Person
from tests.network.views.conftest import BACKEND
from tests.support import site


@pytest.fixture
def admin(db: None) -> Person:
    """Hana, who looks after the site."""
    return site.administrator()


@pytest.fixture
def closed(admin: Person) -> None:
    """The site is closed."""
    site.closed_by(admin)


@pytest.fixture
def desk(admin: Person) -> Client:
    """A client in which the administrator is signed in."""
    client = Client()
    client.force_login(admin.user, backend=BACKEND)
    return client
