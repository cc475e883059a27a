"""Bad input is answered with a 4xx and a message, never with a failure, and nothing is written in part."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from network.models import Activity, Person, Post
from tests.network.views.conftest import words
from tests.support import factories

pytestmark = pytest.mark.django_db

HUGE = str(2**64)
GOOD = {"text": "The tide turns at six.", "place": "public", "key": "k1"}


@pytest.mark.parametrize(
    "change",
    [
        {"text": ""},
        {"text": " \n\t\u200b\u3164"},
        {"text": "\x00"},
        {"text": "a" * 5001},
        {"text": "a" * 500_000},
        {"title": "a" * 201},
        {"title": "a" * 100_000},
        {"summary": "a" * 201},
        {"place": ""},
        {"place": "everyone"},
        {"place": "group"},
        {"place": "group:"},
        {"place": "group:0"},
        {"place": f"group:{HUGE}"},
        {"place": "group:\x00"},
        {"place": ["public", "nowhere"]},
        {"commenting": "anyone"},
        {"language": "klingon"},
        {"language": "x" * 500},
        {"key": "k" * 65},
        {"key": "ключ"},
        {"key": "\x00"},
        {"to": "a" * 1001},
        {"to": "\x00", "place": "direct"},
        {"place": "direct"},
        {"options": ["Tea"]},
        {"options": ["Tea", "\x00"]},
        {"options": ["Tea", "Tea"]},
        {"options": [str(n) for n in range(500)]},
        {"options": ["Tea", "Coffee"], "open_for": "1"},
        {"options": ["Tea", "Coffee"], "open_for": HUGE},
        {"options": ["Tea", "Coffee"], "open_for": "soon"},
        {"parent": "0"},
        {"parent": "-1"},
        {"parent": "nothing"},
        {"parent": HUGE},
        {"parent": "9" * 5000},
        {"parent": "\x00"},
        {"parent": "999"},
    ],
    ids=lambda change: " ".join(f"{name}={str(value)[:20]!r}" for name, value in change.items()),
)
def test_an_invalid_post_is_refused(client: Client, noor: Person, change: dict[str, Any]) -> None:
    acts = Activity.objects.count()
    response = client.post("/posts", factories.form(noor, **GOOD) | change)
    assert 400 <= response.status_code < 500
    assert not Post.objects.exists()
    assert Activity.objects.count() == acts


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "a" * 5000,
        "a\x00b\x01\x1fc",
        "e\u0301" * 2000,
        "\ud7ff\ufffd",
        "\u202eabc",
        "#" * 4000,
        "> " * 2000,
        "@a " * 1600,
    ],
)
def test_unusual_texts_are_accepted(client: Client, noor: Person, text: str) -> None:
    response = client.post("/posts", factories.form(noor, **GOOD) | {"text": text})
    assert response.status_code == 303
    assert client.get(response["Location"]).status_code == 200


def test_lone_surrogates_and_invalid_utf_8(client: Client, noor: Person) -> None:
    for sent in (b"place=public&text=%ed%a0%80", b"place=public&text=\xff\xfe", b"place=public&text=%ff%00x"):
        response = client.generic("POST", "/posts", sent, content_type="application/x-www-form-urlencoded")
        assert response.status_code in (303, 400)
    assert all("\x00" not in text for text in Post.objects.values_list("text", flat=True))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"text=" + b"a" * 5_000_000, "application/x-www-form-urlencoded"),
        (b"&".join(b"a=1" for _ in range(5000)), "application/x-www-form-urlencoded"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
        (b'{"text": "\\ud800"}', "application/json"),
    ],
)
def test_bodies_that_are_not_forms(client: Client, noor: Person, body: bytes, kind: str) -> None:
    response = client.generic("POST", "/posts", body, content_type=kind)
    assert 400 <= response.status_code < 500
    assert not Post.objects.exists()


@pytest.mark.parametrize("raw", ["0", "-1", "x", "", HUGE, "9" * 400, "1.5", "٣", "%00", "1%00", "1e3"])
def test_invalid_cursors(client: Client, noor: Person, raw: str) -> None:
    post = factories.post(noor)
    for address in (f"/posts/{post.pk}?after={raw}", f"/saved?before={raw}", f"/messages?before={raw}"):
        assert client.get(address).status_code == 400, address
    assert client.get(f"/posts/{post.pk}/history?before={raw}").status_code == 400


@pytest.mark.parametrize("raw", ["1", str(2**53 - 1)])
def test_the_extreme_cursors_are_pages(client: Client, noor: Person, raw: str) -> None:
    post = factories.post(noor)
    factories.comment(noor, post)
    for address in (f"/posts/{post.pk}?after={raw}", f"/saved?before={raw}", f"/messages?before={raw}"):
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("id", ["0", "01", "-1", "x", HUGE, str(2**53), "9" * 400, "1.5", "999"])
def test_ids_of_nothing(client: Client, noor: Person, id: str) -> None:
    for page in ("", "/part", "/history", "/edit", "/delete", "/reshare", "/thanks"):
        assert client.get(f"/posts/{id}{page}").status_code == 404
    for act in ("like", "save", "reshare", "vote", "watch", "mute", "hide", "commenting", "edit", "delete"):
        assert client.post(f"/posts/{id}/{act}").status_code == 404
    assert client.get(f"/posts/new?parent={id}").status_code == 404


@pytest.mark.parametrize(
    "address", ["/people/a%00b", "/topics/a%00b", "/posts/new?group=%00", "/explore?q=%00", "/%00"]
)
def test_urls_with_a_nul(client: Client, noor: Person, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 400
    assert "This could not be read." in words(response)


@pytest.mark.parametrize("query", ["group=nowhere", "parent=", "parent=" + "9" * 5000])
def test_invalid_links_to_the_composer(client: Client, noor: Person, query: str) -> None:
    assert client.get(f"/posts/new?{query}").status_code == 404


def test_other_methods(client: Client, noor: Person) -> None:
    post = factories.post(noor)
    assert client.get("/posts").status_code == 405
    assert client.put("/posts").status_code == 405
    assert client.post(f"/posts/{post.pk}").status_code == 405
    assert client.delete(f"/posts/{post.pk}/delete").status_code == 405
    assert client.get("/posts/preview").status_code == 405
    for act in ("like", "save", "vote", "watch", "mute", "hide", "commenting"):
        assert client.get(f"/posts/{post.pk}/{act}").status_code == 405


def test_an_invalid_choice_of_who_may_comment(client: Client, noor: Person) -> None:
    post = factories.post(noor)
    assert client.post(f"/posts/{post.pk}/commenting", {"commenting": "x"}).status_code == 400
    assert client.post(f"/posts/{post.pk}/commenting").status_code == 400


def test_thousands_of_names_are_refused_and_the_form_comes_back(client: Client, noor: Person) -> None:
    for n in range(40):
        factories.person(f"reader{n}")
    answer = client.post(
        "/posts", factories.form(noor, **GOOD) | {"text": " ".join(f"@reader{n % 40}" for n in range(450))}
    )
    assert answer.status_code == 400
    assert "up to 30 people" in answer.content.decode()
    assert "@reader39" in answer.content.decode()
    client.post(
        "/posts", factories.form(noor, **GOOD) | {"text": " ".join(f"@reader{n % 30}" for n in range(450))}
    )
    assert Post.objects.get().mentions.count() == 30
    many = " ".join(f"@reader{n}" for n in range(150))
    sent = factories.form(noor, **GOOD) | {"place": "direct", "to": many, "key": "k2"}
    assert client.post("/posts", sent).status_code == 400


@pytest.mark.parametrize("next", ["http://[::1", "//[", "\x01", "a" * 5000])
@pytest.mark.parametrize("page", ["login/", "signup/", "logout/", "password/reset/"])
def test_invalid_redirects(client: Client, page: str, next: str) -> None:
    address = f"/accounts/{page}?{urlencode({'next': next})}"
    for response in (
        client.get(address),
        client.post(address),
        client.post(f"/accounts/{page}", {"next": next}),
    ):
        assert response.status_code < 400
        assert "[" not in response.headers.get("Location", "")
