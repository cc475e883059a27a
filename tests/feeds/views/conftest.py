import pytest

from network.models import Person
from tests.network.views.conftest import as_person, noor
from tests.support.feeds import conversation
from tests.support.feeds.conversation import World

__all__ = ["as_person", "noor"]


@pytest.fixture
def world(noor: Person, ada: Person, ben: Person, chi: Person, dan: Person) -> World:
    return conversation.make(noor, ada, ben, chi, dan)
