"""People who can sign in, and the switchboards of two processes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from network.models import Person
from realtime.hub.switchboard import Switchboard
from realtime.limits import Limits
from tests.support import factories
from tests.support.realtime import server_command


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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On daphne or uvicorn as they come, leave out what they do not do (docs/operations.md).

    `@pytest.mark.server` names those that do not; without names it is both.
    """
    others = [item for item in items if not runs_here(item)]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


def runs_here(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("server")
    return marker is None or server_command.SERVER not in (marker.args or server_command.STOCK)
