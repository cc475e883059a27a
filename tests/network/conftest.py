"""Four people without relations to each other."""

from __future__ import annotations

import pytest

from network.models import Person
from tests.support import factories


@pytest.fixture
def ada(db: None) -> Person:
    return factories.person("ada")


@pytest.fixture
def ben(db: None) -> Person:
    return factories.person("ben")


@pytest.fixture
def chi(db: None) -> Person:
    return factories.person("chi")


@pytest.fixture
def dan(db: None) -> Person:
    return factories.person("dan")
