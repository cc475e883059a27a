"""The limit of writes for each person, which does not apply while the cache is unavailable."""

from __future__ import annotations

import time

import pytest
from django.conf import LazySettings
from django.test import Client

from network.models import Bookmark, Person, Post
from tests.support import factories

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def signed_in(handle: str) -> Client:
    browser = Client()
    browser.force_login(factories.user(handle), backend=BACKEND)
    return browser


@pytest.fixture
def few(settings: LazySettings) -> None:
    settings.LIMITS = settings.LIMITS | {"post": (2, 3600), "mark": (2, 3600)}


def send(browser: Client, text: str):
    person = Person.objects.get(user=browser.session["_auth_user_id"])
    return browser.post("/posts", factories.form(person, text=text, place="public", key=text))


def test_beyond_the_limit_the_form_comes_back_with_a_message(few: None) -> None:
    noor, ada = signed_in("noor"), signed_in("ada")
    assert [send(noor, text).status_code for text in ("one", "two")] == [303, 303]
    refused = send(noor, "three")
    assert refused.status_code == 429
    assert "That was a lot in a short time. Wait" in refused.content.decode()
    assert "three</textarea>" in refused.content.decode()
    assert send(ada, "Mine").status_code == 303
    assert Post.objects.count() == 3


def test_marks_have_a_separate_limit_and_reading_has_none(few: None) -> None:
    noor = signed_in("noor")
    post = factories.post(factories.person())
    statuses = [noor.post(f"/posts/{post.pk}/save").status_code for _ in range(3)]
    assert statuses == [303, 303, 429]
    assert [noor.get(f"/posts/{post.pk}").status_code for _ in range(5)] == [200] * 5
    assert send(noor, "Still").status_code == 303


def test_the_count_starts_again_in_a_new_window(few: None, monkeypatch: pytest.MonkeyPatch) -> None:
    noor = signed_in("noor")
    for text in ("one", "two"):
        send(noor, text)
    now = time.time()
    monkeypatch.setattr("network.limits.time.time", lambda: now + 3600)
    assert send(noor, "later").status_code == 303


def test_writing_works_without_the_cache(few: None, settings: LazySettings, tmp_path: object) -> None:
    noor = signed_in("noor")
    settings.CACHES = {
        "default": settings.CACHES["default"] | {"LOCATION": f"unix://{tmp_path}/nobody-listens"}
    }
    post = factories.post(factories.person())
    assert [send(noor, text).status_code for text in ("one", "two", "three")] == [303] * 3
    assert noor.post(f"/posts/{post.pk}/save").status_code == 303
    assert Bookmark.objects.exists()
