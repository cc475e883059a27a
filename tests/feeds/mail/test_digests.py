"""The digest: its content by the rules of reading, its page, and its letter."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from feeds import tasks
from feeds.actions import choices
from feeds.mail import digests, outgoing
from feeds.mail.digests import Digest
from feeds.models import Letter, Mailing
from network.actions import blocks, follows, mutes, posts
from network.models import Follow, Group, Person, Post, Topic
from tests.support import factories
from tests.support.feeds.mail import SITE, parts, subscriber
from tests.support.feeds.sink import Sink

Every = Mailing.Every
pytestmark = pytest.mark.django_db


def to_digest(person: Person, what: Person | Topic | Group) -> None:
    follows.deliver(person, what.stream, place=Follow.Place.DIGEST)


def follow_for_digest(person: Person, what: Person | Topic) -> None:
    factories.follow(person, what)
    to_digest(person, what)


def content(digest: Digest) -> list[tuple[str, list[int]]]:
    return [(str(part.what), [thread.shown.post.pk for thread in part.threads]) for part in digest.parts]


class TestContent:
    def test_follows_for_the_digest_come_first_and_others_only_in_the_whole(
        self, ada: Person, ben: Person, chi: Person
    ) -> None:
        follow_for_digest(chi, ada)
        factories.follow(chi, ben)
        first, second = factories.post(ada), factories.post(ben)
        assert content(digests.read(chi, 0)) == [("Ada", [first.pk])]
        assert content(digests.read(chi, 0, whole=True)) == [("Ada", [first.pk]), ("Ben", [second.pk])]

    def test_each_thread_appears_once_with_its_new_comments(
        self, ada: Person, ben: Person, chi: Person
    ) -> None:
        tides = factories.topic("tides")
        for what in (ada, ben, tides):
            follow_for_digest(chi, what)
        old = factories.post(ada, "About #tides.")
        since = factories.comment(ben, old).pk
        new = factories.post(ben, "More #tides.")
        for _ in range(3):
            factories.comment(ada, old)
        digest = digests.read(chi, since)
        assert sorted(id for _what, threads in content(digest) for id in threads) == [old.pk, new.pk]
        found = {thread.shown.post.pk: thread for part in digest.parts for thread in part.threads}
        assert (found[old.pk].comments, found[old.pk].is_new) == (3, False)
        assert (found[new.pk].comments, found[new.pk].is_new) == (0, True)

    def test_only_activities_of_its_time(self, ada: Person, chi: Person) -> None:
        follow_for_digest(chi, ada)
        one, two, three = (factories.post(ada) for _ in range(3))
        assert content(digests.read(chi, one.pk, two.pk)) == [("Ada", [two.pk])]
        assert content(digests.read(chi, two.pk)) == [("Ada", [three.pk])]

    def test_no_posts_that_the_person_may_not_read_or_has_muted(
        self, ada: Person, ben: Person, chi: Person
    ) -> None:
        group = factories.group(ada, Group.Kind.HIDDEN, chi, ben)
        to_digest(chi, group)
        follow_for_digest(chi, ada)
        follow_for_digest(chi, ben)
        factories.post(chi, group=group)
        kept, gone = factories.post(ada, group=group), factories.post(ada, group=group)
        factories.comment(ada, kept, "One.")
        factories.comment(ben, kept, "Two.")
        factories.post(ada, "Such nonsense.")
        posts.delete(ada, gone)
        mutes.mute_word(chi, "nonsense")
        mutes.mute_person(chi, ben)
        factories.post(ben, "Muted.")
        digest = digests.read(chi, 0)
        assert content(digest) == [(group.name, [kept.pk])]
        assert digest.parts[0].threads[0].comments == 1
        blocks.block(ada, chi)
        assert content(digests.read(chi, 0)) == []

    def test_no_posts_of_the_person(self, ada: Person) -> None:
        tides = factories.topic("tides")
        follow_for_digest(ada, tides)
        factories.post(ada, "About #tides.")
        assert content(digests.read(ada, 0)) == []

    def test_the_flags_of_a_follow_apply(self, ada: Person, ben: Person, chi: Person) -> None:
        factories.follow(chi, ada)
        follows.deliver(chi, ada.stream, place=Follow.Place.DIGEST, comments=Follow.Comments.NONE)
        factories.comment(ada, factories.post(ben))
        assert content(digests.read(chi, 0)) == []

    def test_a_busy_stream_is_cut_with_a_count(self, ada: Person, chi: Person) -> None:
        follow_for_digest(chi, ada)
        for _ in range(digests.THREADS + 3):
            factories.post(ada)
        [part] = digests.read(chi, 0).parts
        assert (len(part.threads), part.more) == (digests.THREADS, 3)

    def test_the_number_of_queries_is_fixed(self, ada: Person, chi: Person) -> None:
        def questions() -> int:
            with CaptureQueriesContext(connection) as asked:
                digests.read(chi, 0, whole=True)
            return len(asked)

        follow_for_digest(chi, ada)
        factories.comment(ada, factories.post(ada, "#a"))
        few = questions()
        for number in range(8):
            someone = factories.person()
            factories.follow(chi, someone)
            factories.comment(someone, factories.post(someone, f"#t{number}"))
        assert questions() == few <= 8


class TestLetter:
    def test_it_is_sent_every_week_with_news_since_the_last(
        self, sink: Sink, ada: Person, settings: Any
    ) -> None:
        settings.MAIL_HOUR = 6
        with time_machine.travel("2027-03-03T12:00:00Z", tick=False):
            noor = subscriber("noor", "Nōor", digest=Every.WEEK)
            follow_for_digest(noor, ada)
        with time_machine.travel("2027-03-05T12:00:00Z", tick=False):
            post = factories.post(ada, "By the trail.", title="Limpets & homes")
            factories.comment(factories.person(), post)
            factories.post(ada, "Salt & water, 3 < 4.")
            tasks.send_letters()
        assert sink.raw == []
        looked_up_before = Letter.objects.get()
        with time_machine.travel("2027-03-08T06:00:00Z", tick=False):
            tasks.send_letters()
            tasks.send_letters()
            assert not outgoing._lease(looked_up_before)
        [letter] = sink.letters
        assert letter["Subject"] == "2 threads from Ada"
        plain, html = parts(letter)
        assert "* Limpets & homes" in plain
        assert f", 1 new comment\n  {SITE}/posts/{post.pk}\n" in plain
        assert "* Salt & water, 3 < 4." in plain
        assert ">Salt &amp; water, 3 &lt; 4.</a>" in html
        assert f"{SITE}/posts/{post.pk}" in plain
        assert f'<a href="{SITE}/posts/{post.pk}">Limpets &amp; homes</a>' in html
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert "digest." in letter["List-Unsubscribe"]
        with time_machine.travel("2027-03-15T06:00:00Z", tick=False):
            tasks.send_letters()  # nothing has happened since
            assert len(sink.raw) == 1
            again = factories.post(ada)
        with time_machine.travel("2027-03-22T06:00:00Z", tick=False):
            tasks.send_letters()
        assert len(sink.raw) == 2
        assert str(again.pk) in parts(sink.letters[1])[0]
        assert str(post.pk) not in parts(sink.letters[1])[0]

    def test_after_a_temporary_refusal_the_same_digest_is_sent(self, sink: Sink, ada: Person) -> None:
        noor = subscriber("noor", "Nōor", digest=Every.DAY)
        follow_for_digest(noor, ada)
        post = factories.post(ada)
        sink.says = "451 Come back"
        with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
            assert outgoing.send() == 0
        sink.says = "250 OK"
        with time_machine.travel(timezone.now() + timedelta(days=1, minutes=2), tick=False):
            assert outgoing.send() == 1
        assert str(post.pk) in parts(sink.letters[0])[0]

    def test_a_person_who_stopped_it_gets_none(self, sink: Sink, ada: Person) -> None:
        noor = subscriber("noor", "Nōor", digest=Every.DAY)
        follow_for_digest(noor, ada)
        factories.post(ada)
        choices.stop(noor, "digest")
        assert not Letter.objects.exists()
        with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
            tasks.send_letters()
        assert sink.raw == []


def test_the_page(client: Client, ada: Person) -> None:
    user = factories.user("noor")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    follow_for_digest(user.person, ada)
    ben = factories.person("ben")
    factories.follow(user.person, ben)
    factories.post(ada, title="Three days ago")
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        factories.post(ada, title="Today")
        factories.post(ben, title="At home")
        week, day, whole = (
            client.get(f"/digest{query}").content.decode() for query in ("", "?days=1", "?days=7&whole=1")
        )
    assert ("Three days ago" in week, "Today" in week, "At home" in week) == (True, True, False)
    assert ("Three days ago" in day, "Today" in day) == (False, True)
    assert "At home" in whole
    assert client.get("/digest?days=many").status_code == 200


def test_a_thread_with_a_deleted_root_is_left_out(ada: Person, ben: Person, chi: Person) -> None:
    follow_for_digest(chi, ben)
    root: Post = factories.post(ada)
    factories.comment(ben, root)
    posts.delete(ada, root)
    assert content(digests.read(chi, 0)) == []
