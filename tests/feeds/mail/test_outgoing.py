"""Letters: sent to a real mail server and parsed there; once, to whom asked, of what they may still see."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from feeds import tasks
from feeds.actions import choices
from feeds.mail import composition, outgoing
from feeds.models import Letter, Mailing, Notification
from feeds.notifications import grouping, notify
from network import mailers
from network.actions import blocks, likes, people, posts
from network.models import Person
from tests.feeds.notifications.test_notify import tell
from tests.support import factories
from tests.support.feeds.sink import HOST, Sink, free_port, listening

Every, Kind = Mailing.Every, Letter.Kind
SITE = "https://kith.example"
pytestmark = pytest.mark.django_db


@pytest.fixture
def closed_sink(settings: Any) -> Sink:
    """A mail server that does not listen yet, to which letters would go."""
    sink = Sink(free_port())
    settings.EMAIL_URL, settings.SITE_URL = f"smtp://{HOST}:{sink.port}", SITE
    for name, value in mailers.settings_for("smtp", host=HOST, port=sink.port).items():
        setattr(settings, name, value)
    settings.DEFAULT_FROM_EMAIL = "kith@kith.example"
    return sink


@pytest.fixture
def sink(closed_sink: Sink) -> Iterator[Sink]:
    with listening(closed_sink):
        yield closed_sink


@pytest.fixture
def noor(db: None) -> Person:
    """Somebody who asked for notices by mail, at an address that they confirmed."""
    return reader("noor", "Nōor Abbasi", notices=Every.SOON)


def reader(
    handle: str,
    name: str,
    *,
    notices: Every = Every.NEVER,
    digest: Every = Every.NEVER,
    confirmed: bool = True,
) -> Person:
    user = factories.user(handle)
    Person.objects.filter(pk=user.person.pk).update(name=name)
    EmailAddress.objects.create(user=user, email=f"{handle}@mail.example", verified=confirmed, primary=True)
    choices.ask_for(user.person, notices=notices, digest=digest, whole=False)
    return factories.fresh(user.person)


def later(**ago: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(**ago), tick=False)


def deliver() -> None:
    """Tell, and let the minutes pass in which notices are gathered."""
    tell()
    outgoing.owe()
    with later(minutes=6):
        outgoing.send()


def parts(letter: EmailMessage) -> tuple[str, str]:
    """The two alternatives: plain text first, then HTML."""
    assert letter.get_content_type() == "multipart/alternative"
    plain, html = letter.iter_parts()
    assert plain.get_content_type() == "text/plain"
    assert html.get_content_type() == "text/html"
    assert plain.get_content_charset() == html.get_content_charset() == "utf-8"
    return plain.get_content().replace("\r\n", "\n"), html.get_content()


class TestLetter:
    def test_many_notices_are_one_letter_in_the_lines_of_the_page(
        self, sink: Sink, noor: Person, ada: Person, ben: Person
    ) -> None:
        post = factories.post(noor, "Why?", title="Limpets & homes")
        choices.choose(noor, {Notification.Kind.THANKS: (True, True)})
        for person in (ada, ben, factories.person(name="Chi"), factories.person(name="Dan")):
            likes.like(person, post)
        factories.comment(ada, factories.comment(noor, post), "By the <b>trail</b>, 100%.")
        deliver()
        assert sink.to == ["noor@mail.example"]
        [letter] = sink.letters
        plain, html = parts(letter)
        assert "Ada replied to your comment in Limpets & homes" in plain
        assert "Dan, Chi and 2 others thanked you for Limpets & homes" in plain
        assert "By the <b>trail</b>, 100%." in plain or "By the trail, 100%." in plain
        assert ">Limpets &amp; homes</a>" in html
        assert "<b>trail" not in html
        assert letter["Subject"] == "Ada replied to your comment in Limpets & homes, and 1 more"

    def test_names_of_all_alphabets_stand_in_its_head(self, sink: Sink, ada: Person) -> None:
        name = "Зейнеб Ōsaka-Þórðardóttir, „die Große“ 李小龍 العربية"
        reader("zeyneb", name, notices=Every.SOON)
        factories.post(ada, "Is it so, @zeyneb?", title="Ōsaka: Грунт und Böden, " + "länger " * 20)
        deliver()
        [letter] = sink.letters
        assert sink.addressed() == [(name, "zeyneb@mail.example")]
        assert "Ōsaka: Грунт und Böden" in letter["Subject"]
        head, _blank, _body = sink.raw[0].partition(b"\r\n\r\n")
        assert head.isascii()
        assert max(len(line) for line in head.split(b"\r\n")) <= 998

    def test_every_link_is_whole_and_nothing_is_fetched(self, sink: Sink, noor: Person, ada: Person) -> None:
        factories.post(ada, "Is it so, @noor? ![a picture](https://tracker.example/x.png)")
        deliver()
        plain, html = parts(sink.letters[0])
        links = re.findall(r'href="([^"]*)"', html)
        assert len(links) > 3
        assert all(link.startswith(f"{SITE}/") for link in links)
        assert f"{SITE}/notices/" in plain
        assert not re.search(r"<(img|link|script|iframe)|url\(|@import|src=", html)
        assert 'lang="en"' in html
        assert "prefers-color-scheme: dark" in html

    def test_it_says_how_to_end_it(self, sink: Sink, noor: Person, ada: Person) -> None:
        factories.post(ada, "Is it so, @noor?")
        deliver()
        [letter] = sink.letters
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert letter["Auto-Submitted"] == "auto-generated"
        address = letter["List-Unsubscribe"].strip(" <>")
        assert address.startswith(f"{SITE}/letters/")
        plain, html = parts(letter)
        assert address in plain
        assert f'href="{address}"' in html


def test_what_comes_by_mail_alone_opens_from_the_letter(
    sink: Sink, noor: Person, ada: Person, client: Client
) -> None:
    choices.choose(noor, {Notification.Kind.MENTION: (False, True)})
    post = factories.post(ada, "Is it so, @noor?")
    deliver()
    assert grouping.unread(noor) == 0
    plain, _html = parts(sink.letters[0])
    [path] = re.findall(f"{SITE}(/notices/[0-9]+)", plain)
    client.force_login(noor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(path)["Location"] == post.get_absolute_url()


class TestEnding:
    @pytest.fixture
    def browser(self) -> Client:
        """A stranger's browser that checks the tokens of forms, as all do."""
        return Client(enforce_csrf_checks=True)

    def path(self, person: Person, kind: str) -> str:
        return f"/letters/{composition.stop_token(person, kind)}/stop"

    def test_by_one_click_from_a_mail_program(self, browser: Client, noor: Person) -> None:
        answer = browser.post(self.path(noor, "notices"), {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert Mailing.objects.get(person=noor).notices == Every.NEVER
        assert browser.post(self.path(noor, "notices")).status_code == 200

    def test_looking_at_the_page_ends_nothing(self, browser: Client, noor: Person) -> None:
        page = browser.get(self.path(noor, "notices")).content.decode()
        assert "Stop these letters?" in page
        assert "<button" in page
        browser.head(self.path(noor, "notices"))
        assert Mailing.objects.get(person=noor).notices == Every.SOON

    def test_of_one_kind_leaves_the_other(self, browser: Client) -> None:
        both = reader("both", "Both", notices=Every.DAY, digest=Every.WEEK)
        browser.post(self.path(both, "digest"))
        mailing = Mailing.objects.get(person=both)
        assert (mailing.notices, mailing.digest) == (Every.DAY, Every.NEVER)
        assert not Letter.objects.filter(kind=Kind.DIGEST).exists()

    def test_with_a_forged_token_ends_nothing(self, browser: Client, noor: Person, ada: Person) -> None:
        token = composition.stop_token(noor, "notices")
        forged = [token.replace(str(noor.pk), str(ada.pk)), token[:-1], f"{token}x", "notices", "a.b.c"]
        for each in forged:
            assert browser.post(f"/letters/{each}/stop").status_code == 404
            assert browser.get(f"/letters/{each}/stop").status_code == 404
        assert Mailing.objects.get(person=noor).notices == Every.SOON

    def test_takes_what_was_owed_with_it(
        self, sink: Sink, browser: Client, noor: Person, ada: Person
    ) -> None:
        factories.post(ada, "Is it so, @noor?")
        tell()
        outgoing.owe()
        browser.post(self.path(noor, "notices"))
        assert not Notification.objects.filter(by_mail=True).exists()
        with later(days=2):
            outgoing.owe()
            outgoing.send()
        assert sink.raw == []


class TestWhoGetsOne:
    def test_nobody_without_a_confirmed_address(self, sink: Sink, ada: Person) -> None:
        reader("unsure", "Unsure", notices=Every.SOON, confirmed=False)
        factories.post(ada, "Is it so, @unsure?")
        deliver()
        assert sink.raw == []
        assert not Letter.objects.exists()
        assert not Notification.objects.filter(by_mail=True).exists()

    def test_nobody_who_did_not_ask(self, sink: Sink, ada: Person) -> None:
        reader("quiet", "Quiet")
        factories.post(ada, "Is it so, @quiet?")
        deliver()
        assert sink.raw == []

    def test_nobody_whose_account_is_closed(self, sink: Sink, noor: Person, ada: Person) -> None:
        factories.post(ada, "Is it so, @noor?")
        factories.User.objects.filter(person=noor).update(is_active=False)
        deliver()
        assert sink.raw == []

    @pytest.mark.parametrize(
        "hide",
        [
            lambda noor, ada, post: posts.delete(ada, post),
            lambda noor, ada, post: blocks.block(ada, noor),
            lambda noor, ada, post: notify.mark_all_read(noor, post.pk),
        ],
        ids=["deleted", "blocked", "seen in Kith"],
    )
    def test_nothing_of_what_is_gone_or_was_seen_meanwhile(
        self, sink: Sink, noor: Person, ada: Person, hide: Callable[..., Any]
    ) -> None:
        post = factories.post(ada, "Is it so, @noor?")
        tell()
        outgoing.owe()
        hide(noor, ada, post)
        with later(minutes=6):
            outgoing.send()
        assert sink.raw == []
        assert not Letter.objects.exists()


class TestWhen:
    def test_soon_is_some_minutes_in_which_more_may_come(self, sink: Sink, noor: Person, ada: Person) -> None:
        factories.post(ada, "First, @noor.")
        tell()
        tasks.send_letters()
        assert sink.raw == []
        with later(minutes=4):
            factories.post(ada, "Second, @noor.")
            tell()
            tasks.send_letters()
            assert sink.raw == []
        with later(minutes=6):
            tasks.send_letters()
        assert len(sink.raw) == 1
        assert "and 1 more" in sink.letters[0]["Subject"]

    def test_daily_is_once_each_morning(self, sink: Sink, ada: Person, settings: Any) -> None:
        settings.MAIL_HOUR = 6
        with time_machine.travel("2027-03-03T05:30:00Z", tick=False):
            reader("daily", "Daily", notices=Every.DAY)
            factories.post(ada, "First, @daily.")
            tell()
            tasks.send_letters()
        assert sink.raw == []
        with time_machine.travel("2027-03-03T06:01:00Z", tick=False):
            tasks.send_letters()
            assert len(sink.raw) == 1
            factories.post(ada, "Second, @daily.")
            tell()
            tasks.send_letters()
        with time_machine.travel("2027-03-04T05:59:00Z", tick=False):
            tasks.send_letters()
            assert len(sink.raw) == 1
        with time_machine.travel("2027-03-04T06:00:00Z", tick=False):
            tasks.send_letters()
            assert len(sink.raw) == 2

    @pytest.mark.parametrize(
        ("every", "now", "then"),
        [
            (Every.DAY, "2027-03-03T05:59:00Z", "2027-03-03T06:00:00Z"),
            (Every.DAY, "2027-03-03T06:00:00Z", "2027-03-04T06:00:00Z"),
            (Every.WEEK, "2027-03-03T12:00:00Z", "2027-03-08T06:00:00Z"),
            (Every.WEEK, "2027-03-08T05:00:00Z", "2027-03-08T06:00:00Z"),
            (Every.WEEK, "2027-03-08T07:00:00Z", "2027-03-15T06:00:00Z"),
        ],
    )
    def test_mornings_and_mondays(self, settings: Any, every: Every, now: str, then: str) -> None:
        settings.MAIL_HOUR = 6
        moment = timezone.datetime.fromisoformat
        assert outgoing.due(every, moment(now)) == moment(then)

    @pytest.mark.parametrize(
        ("zone", "every", "now", "then"),
        [
            ("Asia/Tokyo", Every.DAY, "2027-03-03T20:00:00Z", "2027-03-03T21:00:00Z"),
            ("America/Los_Angeles", Every.DAY, "2027-03-03T13:00:00Z", "2027-03-03T14:00:00Z"),
            # Monday has begun in Auckland, where Sunday evening is in UTC.
            ("Pacific/Auckland", Every.WEEK, "2027-03-07T12:00:00Z", "2027-03-07T17:00:00Z"),
            # The clocks went forward in the night, and back in another.
            ("Europe/Berlin", Every.DAY, "2027-03-27T12:00:00Z", "2027-03-28T04:00:00Z"),
            ("Europe/Berlin", Every.DAY, "2027-10-30T12:00:00Z", "2027-10-31T05:00:00Z"),
            ("No/Where", Every.DAY, "2027-03-03T05:00:00Z", "2027-03-03T06:00:00Z"),
        ],
    )
    def test_it_is_the_morning_of_the_reader(
        self, settings: Any, zone: str, every: Every, now: str, then: str
    ) -> None:
        settings.MAIL_HOUR = 6
        moment = timezone.datetime.fromisoformat
        assert outgoing.due(every, moment(now), zone) == moment(then)

    def test_a_daily_letter_comes_in_the_morning_of_its_reader(
        self, sink: Sink, ada: Person, settings: Any
    ) -> None:
        settings.MAIL_HOUR = 6
        with time_machine.travel("2027-03-03T12:00:00Z", tick=False):
            people.follow_device(reader("hana", "Hana", notices=Every.DAY, digest=Every.DAY), "Asia/Tokyo")
            factories.post(ada, "Good morning, @hana.")
            tell()
            tasks.send_letters()
        with time_machine.travel("2027-03-03T20:59:00Z", tick=False):
            tasks.send_letters()
        assert sink.raw == []
        with time_machine.travel("2027-03-03T21:00:00Z", tick=False):
            tasks.send_letters()
        [letter] = sink.letters
        assert "March 3, 2027, 9 p.m. JST" in letter.get_body(("html",)).get_content()


class Killed(BaseException):
    """A worker ends in the middle."""


class TestFaults:
    @pytest.fixture
    def owed(self, noor: Person, ada: Person, closed_sink: Sink) -> Iterator[None]:
        """A letter is due."""
        factories.post(ada, "Is it so, @noor?")
        tell()
        outgoing.owe()
        with later(minutes=6):
            yield

    def test_a_mail_server_that_is_away_loses_nothing(self, owed: None, closed_sink: Sink) -> None:
        assert outgoing.send() == 0
        assert Letter.objects.get().leased_until is None
        with listening(closed_sink):
            assert outgoing.send() == 1
            assert outgoing.send() == 0
        assert len(closed_sink.raw) == 1

    def test_a_refusal_for_now_is_tried_again_later(self, owed: None, sink: Sink) -> None:
        sink.says = "451 Come back"
        assert outgoing.send() == 0
        sink.says = "250 OK"
        assert outgoing.send() == 0
        with later(minutes=2):
            assert outgoing.send() == 1
        assert len(sink.raw) == 1

    def test_a_refusal_for_good_is_not(self, owed: None, sink: Sink) -> None:
        sink.says = "550 No such mailbox"
        assert outgoing.send() == 0
        sink.says = "250 OK"
        with later(days=2):
            outgoing.owe()
            assert outgoing.send() == 0
        assert not Notification.objects.filter(by_mail=True).exists()

    def test_killed_before_it_was_sent_it_is_sent_by_another(
        self, owed: None, sink: Sink, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(outgoing, "_take_off", kill)
            with pytest.raises(Killed):
                outgoing.send()
        assert outgoing.send() == 0  # it is still on lease
        with later(minutes=3):
            assert outgoing.send() == 1
            assert outgoing.send() == 0
        assert len(sink.raw) == 1

    def test_killed_while_it_was_sent_it_is_not_sent_twice(
        self, owed: None, sink: Sink, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr("django.core.mail.backends.smtp.EmailBackend.send_messages", kill)
            with pytest.raises(Killed):
                outgoing.send()
        with later(days=1):
            outgoing.owe()
            assert outgoing.send() == 0
        assert sink.raw == []

    def test_two_workers_send_one(self, owed: None, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
        write = outgoing.writers[Kind.NOTICES]
        looked_up_before = Letter.objects.get()

        def write_while_another_looks(letter: Letter, now: Any) -> outgoing.Composed:
            monkeypatch.setitem(outgoing.writers, Kind.NOTICES, write)
            assert outgoing.send() == 0
            assert not outgoing._lease(looked_up_before)
            return write(letter, now)

        monkeypatch.setitem(outgoing.writers, Kind.NOTICES, write_while_another_looks)
        assert outgoing.send() == 1
        assert len(sink.raw) == 1

    def test_one_that_cannot_be_written_holds_up_no_other(
        self, owed: None, sink: Sink, ada: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reader("other", "Other", notices=Every.SOON)
        factories.post(ada, "And you, @other?")
        tell()
        outgoing.owe()
        Letter.objects.filter(person__handle="noor").update(tries=100)  # it has failed for weeks
        write = outgoing.writers[Kind.NOTICES]

        def stumble(letter: Letter, now: Any) -> outgoing.Composed:
            if letter.person.handle == "noor":
                raise ValueError
            return write(letter, now)

        monkeypatch.setitem(outgoing.writers, Kind.NOTICES, stumble)
        with later(minutes=6):
            assert outgoing.send() == 1
        assert sink.to == ["other@mail.example"]
        assert Letter.objects.get().tries == 101


def kill(*args: Any) -> None:
    raise Killed
