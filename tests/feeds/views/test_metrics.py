"""/metrics: what operators see, and who is one."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings
from prometheus_client.parser import text_string_to_metric_families

from feeds import metrics, tasks
from feeds.reading import home
from network.models import Delivery, Person
from tests.support import factories
from tests.support.feeds.delivering import deliver_all


def figures(client: Client) -> dict[str, float]:
    page = client.get("/metrics")
    assert page.status_code == 200
    return {
        sample.name + "".join(f"|{value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(page.content.decode())
        for sample in family.samples
    }


@pytest.mark.parametrize("proxied", ["HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_VIA"])
def test_nobody_elsewhere_sees_it(client: Client, db: None, proxied: str):
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 404
    assert client.get("/metrics", **{proxied: "127.0.0.1"}).status_code == 404


@override_settings(METRICS_TOKEN="sesame")
def test_who_knows_the_token_does(client: Client, db: None):
    def ask(said: str) -> int:
        return client.get("/metrics", REMOTE_ADDR="192.0.2.7", headers={"authorization": said}).status_code

    assert ask("Bearer sesame") == 200
    assert ask("Bearer simsim") == ask("Bearer ") == ask("") == 404


@override_settings(SECURE_SSL_REDIRECT=True)
def test_it_answers_past_the_proxy_too(client: Client, db: None):
    assert client.get("/metrics").status_code == 200


def test_it_says_what_is_owed_and_what_differed(client: Client, ada: Person, ben: Person):
    factories.follow(ben, ada)
    deliver_all()
    home.slots(factories.fresh(ben))
    factories.post(ada)
    found = figures(client)
    assert found["kith_deliveries_owed|timelines"] == 1
    assert 0 <= found["kith_deliveries_oldest_seconds|timelines"] < 60
    assert "kith_check_differences" not in found
    Delivery.objects.all().delete()
    tasks.repair_sample()
    metrics.send()
    found = figures(client)
    assert "kith_deliveries_owed|timelines" not in found
    assert (found["kith_check_differences"], found["kith_check_people"]) == (2, 2)
    assert found["kith_lag_seconds_count|timelines"] >= 1
    assert found["kith_lag_seconds_bucket|timelines|+Inf"] == found["kith_lag_seconds_count|timelines"]
    assert found["kith_pages_total|rebuilt"] >= 1


def test_a_long_fan_out_shows_how_far_it_is(client: Client, ada: Person):
    followers = [factories.person() for _ in range(4)]
    for follower in followers:
        factories.follow(follower, ada)
    deliver_all()
    post = factories.post(ada)
    Delivery.objects.filter(activity=post.pk, kind="timelines").delete()
    Delivery.objects.create(activity_id=post.pk, kind="timelines", batch=followers[2].pk)
    found = figures(client)
    assert found["kith_fanouts_long"] == 1
    assert found["kith_fanouts_followers_left"] == 1
