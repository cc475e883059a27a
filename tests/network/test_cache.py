"""Limits are stored in a cache. While the cache is away, there are no limits."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client, override_settings

AWAY = {"default": {"BACKEND": "network.cache.ForgivingRedisCache", "LOCATION": "redis://127.0.0.1:1/0"}}


@pytest.fixture
def away():
    with override_settings(CACHES=AWAY):
        yield


def test_an_unavailable_cache_stores_nothing(away: None):
    cache.set("a", 1, 60)
    assert cache.get("a", "nothing") == "nothing"
    assert cache.add("a", 1, 60)
    assert cache.incr("a") == 1
    cache.delete("a")


def test_an_available_cache_counts():
    assert cache.add("b", 0, 60)
    assert not cache.add("b", 0, 60)
    assert cache.incr("b") == 1
    assert cache.get("b") == 1


@pytest.mark.django_db
def test_people_sign_in_without_redis(away: None, client: Client, django_user_model):
    django_user_model.objects.create_user("ada", password="correct horse battery")
    answer = client.post("/accounts/login/", {"login": "ada", "password": "correct horse battery"})
    assert answer.status_code == 302
