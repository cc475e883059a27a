"""The registry of deliveries."""

from __future__ import annotations

import pytest

from feeds.delivery import outbox
from network import registry
from network.models import Activity, Delivery, Person
from network.registry import DeliveryKind
from tests.support import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "deliveries", dict(registry.deliveries))


def test_one_call_declares_a_kind_its_predicate_and_its_handler(ada: Person) -> None:
    handled: list[tuple[int, int]] = []
    registry.register(
        DeliveryKind(
            "echo",
            lambda activity: activity.type == Activity.Type.CREATE,
            lambda activity, batch: handled.append((activity.pk, batch)),
        )
    )
    post = factories.post(ada)
    assert Delivery.objects.filter(activity=post.pk, kind="echo").exists()
    outbox.deliver_all(post.pk)
    assert handled == [(post.pk, 0)]
    assert not Delivery.objects.filter(activity=post.pk, kind="echo").exists()


def test_an_activity_has_only_the_deliveries_that_it_needs(ada: Person) -> None:
    registry.register(DeliveryKind("never", lambda activity: False, lambda activity, batch: 1 / 0))
    post = factories.post(ada)
    assert not Delivery.objects.filter(activity=post.pk, kind="never").exists()


def test_a_kind_is_declared_once() -> None:
    with pytest.raises(ValueError):
        registry.register(DeliveryKind("timelines", lambda activity: True, lambda activity, batch: None))
