"""No header of a request makes a page fail: a client may send anything in any of them.

A NUL never comes as far as this: `realtime.endpoints.auth.WithoutNul`.
"""

from __future__ import annotations

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from network.models import Person, Post
from tests.network.views.conftest import BACKEND
from tests.support import factories

pytestmark = pytest.mark.django_db

HEADERS = (
    "Accept-Encoding", "Accept-Language", "Authorization", "Content-Type", "Cookie", "HX-Boosted", "HX-Current-URL",
    "HX-Prompt", "HX-Target", "HX-Trigger", "HX-Trigger-Name", "Host", "If-Modified-Since", "If-None-Match",
    "Origin", "HX-Request", "Peek", "Range", "Referer", "Triggering-Event", "User-Agent", "X-CSRFToken", "X-Forwarded-For",
    "X-Forwarded-Proto", "X-Requested-With",
)  # fmt: skip
URLS = (
    "http://[", "http://testserver]/", "http://testserver/\\", "//evil.example/", "http://testserver//evil.example",
    "http://\xbd\xa8.example/", "http://testserver:port/", "http://testserver/posts/1/menu?feed=home", "http:///x", "[",
    "javascript:alert(1)", "http://testserver/%00", "http://testserver/a\x1fb",
)  # fmt: skip
COOKIES = tuple(
    f"{name}={value}"
    for name in ("sessionid", "csrftoken", "messages", "device", "django_language")
    for value in ("", "\x1f", "\x1f" * 30, "\xff" * 60, "[]", "x" * 5000, '"\\000"', "a; b=c; =; d")
)
ADDRESSES = ("unknown", "1.2.3.4, ::1%eth0", "1.2.3.4:80", "[::1]:80", ",", "999.1.1.1", "\xb9.1.1.1")
ANY = st.text(st.characters(max_codepoint=255, exclude_characters="\0\r\n"), max_size=60)
VALUES = (
    st.sampled_from([*URLS, *COOKIES, *ADDRESSES, "bytes=0-", "q=\x01", "en;q=x", "text/html; charset=\x01"])
    | ANY
)

# Each URL shows something that depends on a header, or that is written after one was read.
PAGES = ("/", "/posts/{post}", "/posts/{post}/menu?feed=home", "/people/ada", "/topics/tides", "/explore/posts",
         "/accounts/login/", "/metrics", "/static/kith.css", "/settings/filters", "/accounts/sessions/")  # fmt: skip
ACTS = (
    "/posts/{post}/like",
    "/posts/{post}/save",
    "/people/ada/follow",
    "/posts/preview",
    "/accounts/login/",
)


@pytest.fixture
def post(ada: Person) -> Post:
    return factories.post(ada, "The tide turns. #tides")


@given(
    st.dictionaries(st.sampled_from(HEADERS), VALUES, min_size=1, max_size=4),
    st.sampled_from((*PAGES, *ACTS)),
    st.booleans(),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_header_makes_a_page_fail(post: Post, headers: dict[str, str], page: str, by_htmx: bool) -> None:
    noor = Person.objects.filter(handle="noor").first() or factories.user("noor").person
    for is_signed_in in (False, True):
        client = Client(raise_request_exception=False)
        if is_signed_in:
            client.force_login(noor.user, backend=BACKEND)
        send = client.post if page in ACTS else client.get
        sent = headers | ({"HX-Request": "true"} if by_htmx else {})
        answer = send(page.format(post=post.pk), headers=sent)
        assert answer.status_code < 500, (sent, page, is_signed_in)
        assert answer.streaming or b"evil.example" not in answer.content


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("name", ["HX-Current-URL", "Referer"])
def test_a_form_leads_back_to_pages_of_this_site_only(noor: Person, post: Post, name: str, url: str) -> None:
    client = Client()
    client.force_login(noor.user, backend=BACKEND)
    headers = {name: url} | ({"HX-Request": "true"} if name == "HX-Current-URL" else {})
    answer = client.get(f"/posts/{post.pk}/menu", headers=headers).content.decode()
    own = {"http://testserver/%00": "/%00", "http://testserver/\\": "/\\"}.get(url, f"/posts/{post.pk}")
    assert f'name="next" value="{own}#p{post.pk}"' in answer
    answer = client.post("/people/ada/follow", headers=headers)
    assert answer.status_code in (200, 303)


def test_a_form_leads_back_to_the_page_that_htmx_names(noor: Person, post: Post) -> None:
    client = Client()
    client.force_login(noor.user, backend=BACKEND)
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/people/ada?older=7#p5"}
    answer = client.post("/people/ada/follow", headers=headers).content.decode()
    assert 'name="next" value="/people/ada?older=7"' in answer
