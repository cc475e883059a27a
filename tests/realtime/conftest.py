"""People who can sign in, and the switchboards of two processes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from network.models import Person
from realtime.hub.switchboard import Switchboard
from realtime.limits import Limits
from tests.support import factories


@pytest.fixture
def ada(transactional_db: None) -> Person:
    return factories.user("ada").person


@pytest.fixture
def ben(transactional_db: None) -> Person:
    return factories.user("ben").person


@pytest.fixture
def chi(transactional_db: None) -> Person:
    return factories.user("chi").person


@pytest.fixture
def limits() -> Limits:
    """The limits of both switchboards. A test sets others by `with_limits`."""
    return Limits()


@pytest.fixture
async def board(transactional_db: None, limits: Limits) -> AsyncIterator[Switchboard]:
    made = Switchboard(limits=limits)
    yield made
    await made.close()


@pytest.fixture
async def other_board(transactional_db: None, limits: Limits) -> AsyncIterator[Switchboard]:
    """The switchboard of a second process."""
    made = Switchboard(limits=limits)
    yield made
    await made.close()
