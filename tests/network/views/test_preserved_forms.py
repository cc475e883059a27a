"""Preserved forms: anonymous requests store nothing, and a text comes back to its author only."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest
import redis
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.http import HttpResponse, QueryDict
from django.test import Client

from network import preserved_forms
from network.actions import memberships, posts
from network.forms.destinations import of_group
from network.models import Group, Person
from tests.network.views.conftest import sign_in, words
from tests.support import factories
from tests.support.addresses import addresses
from tests.test_head import writes

pytestmark = pytest.mark.django_db

LONG = "a" * 20_000
SENT: dict[str, Any] = {
    "text": LONG,
    "title": LONG,
    "as": "1",
    "place": "public",
    "login": LONG,
    "email": f"{LONG}@example.org",
    "password": LONG,
    "next": f"/{LONG}",
    "code": LONG,
}


@pytest.fixture
def ada(db: None) -> Person:
    return factories.user("ada").person


def stored(valkey: redis.Redis) -> int:
    """The size of the cache in bytes, keys and values."""
    return sum(len(key) + int(valkey.memory_usage(key) or 0) for key in valkey.keys("cache*"))


def sent(stranger: Client, way: str, address: str, data: dict[str, Any]) -> HttpResponse:
    return getattr(stranger, way)(address, data, headers={"Referer": f"http://testserver/{LONG}"})


WAYS = (("get", {}), ("post", SENT), ("post", dict.fromkeys(map(str, range(900)), "x")))
BY_LETTER = "mail_stop"  # the link in a mail ends mails, signed in or not


def test_anonymous_requests_store_nothing_on_any_route(ada: Person, empty_valkey: redis.Redis) -> None:
    """The exception is the counter that limits how often they act."""
    sessions, sizes = Session.objects.count(), set()
    for (name, address), (way, data) in itertools.product([*addresses(ada)], WAYS):
        if name == BY_LETTER and way == "post":
            continue
        cache.clear()
        stranger = Client(raise_request_exception=False)
        with writes() as found:
            response = sent(stranger, way, address, data)
        assert (found, response.status_code < 500) == ([], True), (way, name)
        assert "sessionid" not in response.cookies, (way, name)
        sizes.add(stored(empty_valkey))
    assert 0 < max(sizes) < 2_000
    assert Session.objects.count() == sessions


def test_a_preserved_form_has_a_maximum_size(client: Client, ada: Person) -> None:
    """Names of fields count too."""
    for more in (
        {"text": "a" * 50_000},
        {f"{'n' * 60}{n}": "" for n in range(900)},
        {"option": [""] * 60_000},
    ):
        response = client.post("/posts", {"text": "Mine", "as": str(ada.pk)} | more)
        assert response.status_code in (303, 400)
        assert "kept" not in response.content.decode()
    assert client.post("/posts", {"text": "a" * 40_000, "as": str(ada.pk)}).status_code == 403


def test_a_preserved_form_survives_a_wrong_password(client: Client, ada: Person) -> None:
    asked = client.post("/posts", {"text": "Not lost", "place": "public", "as": str(ada.pk)})
    [signed] = re.findall('name="kept" value="([^"]+)"', asked.content.decode())
    wrong = client.post(
        "/accounts/login/", {"login": "ada", "password": "no", "next": "/posts/new", "kept": signed}
    )
    assert "You were signed out" in words(wrong)
    assert "Not lost</textarea>" in words(sign_in(client, wrong, "ada"))


def test_an_unsigned_form_is_refused(client: Client, ada: Person) -> None:
    for signed in (
        "",
        "made:up",
        "x" * 100_000,
        "\0",
        preserved_forms.sign(fields_of(factories.user("ben").person), "/posts/new"),
    ):
        filled = {"login": "ada", "password": "correct horse battery", "kept": signed, "next": "/posts/new"}
        client.post("/accounts/login/", filled)
        assert preserved_forms.FIELD not in client.session, signed[:20]
        client.logout()


def fields_of(person: Person) -> QueryDict:
    return QueryDict(f"text=Theirs&as={person.pk}")


def test_a_preserved_form_survives_the_second_step(client: Client, ada: Person) -> None:
    TOTP.activate(ada.user, "JBSWY3DPEHPK3PXP")
    [code, *_others] = RecoveryCodes.activate(ada.user).get_unused_codes()
    asked = client.post("/posts", {"text": "Not lost", "place": "public", "as": str(ada.pk)})
    second = sign_in(client, asked, "ada")
    assert second.redirect_chain[-1][0].startswith("/accounts/2fa/authenticate/")
    assert "Not lost</textarea>" in words(
        client.post(second.redirect_chain[-1][0], {"code": code}, follow=True)
    )


class TestFormWithoutObject:
    """If the object of a form is gone or not visible, the form comes back so that its text can be copied."""

    WORDS = "What I wanted to say"

    def test_after_signing_in(self, client: Client, noor: Person, ada: Person) -> None:
        group, post = factories.group(ada, Group.Kind.HIDDEN, noor), factories.post(ada)
        own = factories.post(noor, group=factories.group(ada, Group.Kind.HIDDEN, noor))
        mine = {"as": str(noor.pk), "text": self.WORDS, "place": "public"}
        sent = {
            "/posts": factories.form(noor, of_group(group), key="k1") | mine | {"place": ""},
            f"/posts/{post.pk}/reshare": mine,
            f"/posts/{own.pk}/edit": mine,
        }
        answer = factories.answer(noor, post, self.WORDS) | {"as": str(noor.pk)}
        client.logout()
        asked = [client.post(path, fields) for path, fields in [*sent.items(), ("/posts", answer)]]
        memberships.remove(ada, group, noor)
        posts.delete(ada, post)
        posts.delete(noor, own)
        for signing_in in asked:
            page = words(sign_in(Client(), signing_in))
            assert "This was not sent" in page
            assert self.WORDS in page

    def test_while_signed_in(self, client: Client, noor: Person, ada: Person) -> None:
        post, own = factories.post(ada), factories.post(noor)
        posts.delete(ada, post)
        posts.delete(noor, own)
        for path in (f"/posts/{post.pk}/reshare", f"/posts/{own.pk}/edit"):
            answer = client.post(path, {"text": self.WORDS, "place": "public"})
            assert answer.status_code == 404
            assert self.WORDS in words(answer)

    def test_forms_are_not_filled_by_the_browser(self, client: Client, noor: Person, ada: Person) -> None:
        """On Back a browser fills the fields of a page again, although another person may have written them."""
        post = factories.post(ada)
        own = factories.post(noor)
        pages = ("/", "/posts/new", "/posts/new?to=ada", f"/posts/{post.pk}", f"/posts/{post.pk}/reshare")
        for path in (*pages, f"/posts/new?parent={post.pk}", f"/posts/{own.pk}/edit"):
            for form in re.findall(r"<form[^>]*data-draft[^>]*>", words(client.get(path))):
                assert 'autocomplete="off"' in form, path
