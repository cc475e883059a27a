"""A group that shows presence."""

from __future__ import annotations

import pytest

from network.models import Group, Person
from tests.support import factories
from tests.support.realtime.rosters import shows_presence


@pytest.fixture
def group(ada: Person, ben: Person, chi: Person) -> Group:
    """Ada's, with Ben and Chi in it; it shows who is here."""
    made = factories.group(ada, Group.Kind.OPEN, ben, chi)
    return shows_presence(ada, made)
