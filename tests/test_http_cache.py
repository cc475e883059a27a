"""The cache headers of every route: private pages are stored only by the browser that requested them."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import LazySettings, settings
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client

from network.models import Person
from tests.support import factories
from tests.support.access import ROUTES
from tests.support.addresses import addresses

pytestmark = pytest.mark.django_db

PAGE = {"private", "no-cache"}
NEVER = PAGE | {"no-store"}
NEVER_KEPT = {"live_missed"}  # and all pages of accounts


@pytest.fixture
def ada(db: None) -> Person:
    user = factories.user("ada")
    user.is_staff = user.is_superuser = True
    user.save()
    return user.person


def kept(response: HttpResponse) -> set[str]:
    return set(response.headers.get("Cache-Control", "").split(", "))


def sign_in(person: Person) -> Client:
    browser = Client(raise_request_exception=False)
    browser.force_login(person.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


@pytest.mark.parametrize("is_signed_in", [True, False], ids=["signed in", "signed out"])
def test_every_route_has_cache_headers(ada: Person, is_signed_in: bool) -> None:
    found = {}
    for name, address in addresses(ada):
        browser = sign_in(ada) if is_signed_in else Client(raise_request_exception=False)
        address += "?place=nothing" if name == "live_missed" else ""
        for way in ("get", "head", "post"):
            response = getattr(browser, way)(address)
            is_page = name in ROUTES and name not in NEVER_KEPT
            if not kept(response) >= (PAGE if is_page or response.status_code == 405 else NEVER):
                found[f"{way} {name}"] = kept(response)
    assert found == {}


def test_pages_may_be_restored_with_their_fields(ada: Person) -> None:
    browser = sign_in(ada)
    for address in ("/", "/posts/new", "/settings", "/groups/new", "/messages"):
        assert kept(browser.get(address)) == PAGE, address


def test_errors_and_redirects_are_private_too(ada: Person) -> None:
    for browser in (Client(), sign_in(ada)):
        for address in ("/nowhere", "/%00", "/you", "/posts/1", "/saved?before=x"):
            assert kept(browser.get(address)) == PAGE, address
        assert kept(browser.get("/about", headers={"Host": "elsewhere.example"})) == PAGE


def test_signing_out_clears_the_cache_of_the_browser(ada: Person) -> None:
    browser = sign_in(ada)
    assert "Clear-Site-Data" not in browser.get("/").headers
    assert browser.post("/accounts/logout/")["Clear-Site-Data"] == '"cache"'


def test_static_files_are_public() -> None:
    response = Client().get("/static/kith.css")
    assert "public" in kept(response)


@pytest.mark.parametrize(
    ("url", "seconds"), [("https://kith.example", 31_536_000), ("http://kith.example", 0), ("", 0)]
)
def test_https_is_enforced_for_a_year(url: str, seconds: int) -> None:
    asked = "from django.conf import settings; print(settings.SECURE_HSTS_SECONDS)"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "network.settings", "PUBLIC_URL": url}
    said = subprocess.run(
        [sys.executable, "-c", asked], cwd=settings.ROOT, env=environment, capture_output=True, check=True
    )
    assert int(said.stdout) == seconds


def test_files_are_compressed_when_they_are_collected(tmp_path: Path, settings: LazySettings) -> None:
    """Use the storage of the site; the other tests use a faster one."""
    from network.settings import STORAGES

    settings.STORAGES, settings.STATIC_ROOT = STORAGES, str(tmp_path)
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    call_command("collectstatic", interactive=False, verbosity=0)
    files = [*tmp_path.rglob("*.js"), *tmp_path.rglob("*.css"), *tmp_path.rglob("*.svg")]
    large = [file for file in files if file.stat().st_size > 1_000]
    assert large
    assert [file.name for file in large if not file.with_name(f"{file.name}.gz").exists()] == []


ZIPPED = {"Accept-Encoding": "gzip"}


class TestCompression:
    def test_public_pages_are_compressed_for_anonymous_visitors(self, ada: Person) -> None:
        post = factories.post(ada, "The tide turns at six. " * 20)
        for address in ("/", "/about", "/explore?q=tide", f"/posts/{post.pk}", "/people/ada", "/nowhere"):
            response = Client().get(address, headers=ZIPPED)
            assert response.headers.get("Content-Encoding") == "gzip", address
            assert "Accept-Encoding" in response["Vary"]
            assert b"<!doctype html>" in gzip.decompress(response.content)
            assert int(response["Content-Length"]) == len(response.content)

    def test_pages_for_signed_in_people_are_not_compressed(self, ada: Person) -> None:
        browser = sign_in(ada)
        for name, address in addresses(ada):
            assert "Content-Encoding" not in browser.get(address, headers=ZIPPED).headers, name

    def test_pages_of_accounts_are_not_compressed(self) -> None:
        for address in (
            "/accounts/login/",
            "/accounts/signup/",
            "/accounts/password/reset/",
            "/admin/login/",
        ):
            assert "Content-Encoding" not in Client().get(address, headers=ZIPPED).headers, address

    def test_a_compressed_page_has_no_constant_secret(self, ada: Person) -> None:
        """The CSRF token is different in each response."""
        factories.post(ada, "#birds")
        browser = Client()
        pages = [gzip.decompress(browser.get("/topics/birds", headers=ZIPPED).content) for _ in range(2)]
        first, second = ({*re.findall(rb'csrfmiddlewaretoken" value="(\w+)"', page)} for page in pages)
        assert first
        assert not first & second

    def test_nothing_is_compressed_without_accept_encoding(self, ada: Person) -> None:
        assert "Content-Encoding" not in Client().get("/about").headers
