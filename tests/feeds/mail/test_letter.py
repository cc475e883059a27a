"""A letter of notices: its text, its headers and its links, as a real mail server gets them."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from feeds.actions import choices
from feeds.models import Mailing
from feeds.notifications import pages
from network.actions import likes
from network.models import Person
from tests.support import factories
from tests.support.feeds.mail import SITE, notify_and_send, parts, subscriber
from tests.support.feeds.sink import Sink

Every = Mailing.Every
pytestmark = pytest.mark.django_db


class TestLetter:
    def test_one_letter_has_all_notifications_in_lines(
        self, sink: Sink, noor: Person, ada: Person, ben: Person
    ) -> None:
        post = factories.post(noor, "Why?", title="Limpets & homes")
        choices.choose(noor, {"thanks": (True, True)})
        for person in (ada, ben, factories.person(name="Chi"), factories.person(name="Dan")):
            likes.like(person, post)
        factories.comment(ada, factories.comment(noor, post), "By the <b>trail</b>, 100%.")
        notify_and_send()
        assert sink.to == ["noor@mail.example"]
        [letter] = sink.letters
        plain, html = parts(letter)
        assert "Ada replied to your comment in Limpets & homes" in plain
        assert "Dan, Chi and 2 others thanked you for Limpets & homes" in plain
        assert "By the <b>trail</b>, 100%." in plain or "By the trail, 100%." in plain
        assert ">Limpets &amp; homes</a>" in html
        assert "<b>trail" not in html
        assert letter["Subject"] == "Ada replied to your comment in Limpets & homes, and 1 more"

    def test_headers_hold_names_of_all_alphabets(self, sink: Sink, ada: Person) -> None:
        name = "Зейнеб Ōsaka-Þórðardóttir, „die Große“ 李小龍 العربية"
        subscriber("zeyneb", name, notices=Every.SOON)
        factories.post(ada, "Is it so, @zeyneb?", title="Ōsaka: Грунт und Böden, " + "länger " * 20)
        notify_and_send()
        [letter] = sink.letters
        assert sink.addressed() == [(name, "zeyneb@mail.example")]
        assert "Ōsaka: Грунт und Böden" in letter["Subject"]
        head, _blank, _body = sink.raw[0].partition(b"\r\n\r\n")
        assert head.isascii()
        assert max(len(line) for line in head.split(b"\r\n")) <= 998

    def test_links_are_absolute_and_nothing_is_loaded(self, sink: Sink, noor: Person, ada: Person) -> None:
        factories.post(ada, "Is it so, @noor? ![a picture](https://tracker.example/x.png)")
        notify_and_send()
        plain, html = parts(sink.letters[0])
        links = re.findall(r'href="([^"]*)"', html)
        assert len(links) > 3
        assert all(link.startswith(f"{SITE}/") for link in links)
        assert f"{SITE}/notices/" in plain
        assert not re.search(r"<(img|link|script|iframe)|url\(|@import|src=", html)
        assert 'lang="en"' in html
        assert "prefers-color-scheme: dark" in html

    def test_it_has_a_link_and_headers_to_stop_it(self, sink: Sink, noor: Person, ada: Person) -> None:
        factories.post(ada, "Is it so, @noor?")
        notify_and_send()
        [letter] = sink.letters
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert letter["Auto-Submitted"] == "auto-generated"
        address = letter["List-Unsubscribe"].strip(" <>")
        assert address.startswith(f"{SITE}/letters/")
        plain, html = parts(letter)
        assert address in plain
        assert f'href="{address}"' in html


def test_a_notification_by_mail_alone_opens_from_the_letter(
    sink: Sink, noor: Person, ada: Person, client: Client
) -> None:
    choices.choose(noor, {"mention": (False, True)})
    post = factories.post(ada, "Is it so, @noor?")
    notify_and_send()
    assert pages.unread(noor) == 0
    plain, _html = parts(sink.letters[0])
    [path] = re.findall(f"{SITE}(/notices/[0-9]+)", plain)
    client.force_login(noor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(path)["Location"] == post.get_absolute_url()
