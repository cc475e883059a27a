"""Administrators open and close the server."""

from __future__ import annotations

import pytest

from network.actions import site
from network.errors import Refused
from network.models import Activity, Person, Site, User, details
from network.queries.site import is_administrator, is_open
from tests.support import factories
from tests.support.site import administrator

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Person:
    return administrator("ada")


def changes() -> list[str]:
    found = Activity.objects.filter(type=Activity.Type.UPDATE).order_by("pk")
    return [details.Update.read(one).site for one in found]


def test_a_server_is_open_until_somebody_closes_it(admin: Person):
    assert is_open()
    site.set_open(admin, False)
    assert not is_open()
    site.set_open(admin, True)
    assert is_open()
    assert changes() == ["closed", "open"]
    assert Site.objects.count() == 1


def test_what_is_so_already_is_not_recorded(admin: Person):
    for _ in range(2):
        site.set_open(admin, False)
    assert changes() == ["closed"]


def test_only_administrators_decide(admin: Person):
    staff = factories.user("dan")
    User.objects.filter(pk=staff.pk).update(is_staff=True)
    gone = administrator("eve")
    User.objects.filter(person=gone).update(is_active=False)
    for other in map(
        factories.fresh, (factories.person("chi"), factories.user("ben").person, staff.person, gone)
    ):
        assert not is_administrator(other)
        with pytest.raises(Refused):
            site.set_open(other, False)
    assert is_open()
    assert is_administrator(admin)
    assert not is_administrator(None)


def test_reading_costs_one_query(django_assert_num_queries):
    is_open()
    with django_assert_num_queries(1):
        is_open()
