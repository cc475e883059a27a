"""A kind that a package registers works everywhere with no other change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db.models import Q
from django.test import Client

from feeds.actions import choices
from feeds.mail import notifications as letters
from feeds.mail import outgoing
from feeds.models import Letter, Mailing, Notification
from feeds.notifications import notify, pages, registry
from feeds.notifications.registry import NotificationKind, Subject, Tab, Trigger
from feeds.notifications.rendering import plain
from network import mailers
from network.actions import blocks, follows, mutes, watches
from network.actions.recording import record
from network.actions.watches import Level
from network.models import Activity, Delivery, Person, Post, details
from network.queries import compiled
from tests.network.views.conftest import BACKEND, words
from tests.support import factories
from tests.support.feeds.notifications import notified, notify_all

Type, Every = Activity.Type, Mailing.Every
pytestmark = pytest.mark.django_db


def author(activity: Activity) -> Iterable[int]:
    return Post.objects.filter(pk=activity.post_id).values_list("author", flat=True)


VOTED = NotificationKind(
    value="voted",
    label="Somebody votes in a poll of mine",
    text=lambda line: "%(who)s voted in %(what)s, %(acts)s in all",
    triggers=(Trigger(Type.VOTE, author, folds_by="post", subject=Subject.POST, retracted_by=Type.UNDO),),
    tabs=(Tab.ANSWERS,),
    is_mailed=True,
    is_dropped_at_level_named=True,
    is_read_with_post=False,
    url=lambda notification: f"/polls/{notification.activity.post_id}",
)


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test has a registry of its own. Queries are compiled anew, for they are made from it."""
    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))
    forget_queries()
    yield
    forget_queries()


def forget_queries() -> None:
    compiled._compiled.cache_clear()


@pytest.fixture
def voted() -> None:
    registry.register(VOTED)


@pytest.fixture
def poll(ada: Person) -> Post:
    return factories.post(ada, "Ebb or flood?", title="Tides")


def vote(person: Person, post: Post) -> Activity:
    return record(Type.VOTE, person, post=post)


def test_without_a_kind_a_vote_notifies_nobody(ada: Person, ben: Person, poll: Post) -> None:
    Delivery.objects.all().delete()
    vote(ben, poll)
    assert not Delivery.objects.filter(kind=notify.KIND).exists()


@pytest.mark.usefixtures("voted")
class TestRegisteredKind:
    def test_it_is_triggered_by_its_activity(self, ada: Person, ben: Person, poll: Post) -> None:
        vote(ben, poll)
        assert notified(ada) == [("voted", "ben")]
        assert notified(ben) == []

    def test_it_is_retracted(self, ada: Person, ben: Person, poll: Post) -> None:
        vote(ben, poll)
        notify_all()
        record(Type.UNDO, ben, post=poll, detail=details.Undo(of=Type.LIKE))
        assert notified(ada) == [("voted", "ben")]
        record(Type.UNDO, ben, post=poll, detail=details.Undo(of=Type.VOTE))
        assert notified(ada) == []

    def test_levels_filter_it(self, ada: Person, ben: Person, chi: Person, poll: Post) -> None:
        watches.watch_stream(ada, ben.stream, Level.NOTHING)
        vote(ben, poll)
        assert notified(ada) == []
        watches.watch_thread(ada, poll, Level.NAMED)
        vote(chi, poll)
        assert notified(ada) == []
        watches.watch_thread(ada, poll, Level.ALL)
        vote(chi, poll)
        assert notified(ada) == [("voted", "chi")]

    def test_blocks_and_mutes_filter_it(self, ada: Person, ben: Person, chi: Person, poll: Post) -> None:
        for person in (ben, chi):
            vote(person, poll)
        assert len(notified(ada)) == 2
        blocks.block(ada, ben)
        mutes.mute_person(ada, chi)
        assert notified(ada) == []
        assert pages.unread(ada) == 0

    def test_a_choice_filters_it(self, ada: Person, ben: Person, poll: Post) -> None:
        choices.choose(ada, {"voted": (False, False)})
        vote(ben, poll)
        notify_all()
        assert not Notification.objects.filter(kind="voted").exists()

    def test_it_is_grouped_and_worded(self, ada: Person, ben: Person, chi: Person, poll: Post) -> None:
        vote(ben, poll)
        vote(chi, poll)
        notify_all()
        [line] = pages.page(ada).lines
        assert plain(line) == "Chi and Ben voted in Tides, 2 in all"
        assert pages.unread(ada) == 1
        notify.mark_read(line.newest)
        assert pages.unread(ada) == 0

    def test_it_stands_on_the_page_and_opens_its_own(
        self, client: Client, ben: Person, poll: Post, ada: Person
    ) -> None:
        noor = factories.user("noor")
        own = factories.post(noor.person, title="Moons")
        vote(ben, own)
        notify_all()
        client.force_login(noor, backend=BACKEND)
        assert "Ben</a> voted in <a" in words(client.get("/notices?show=answers"))
        assert "voted in" not in words(client.get("/notices?show=people"))
        [row] = pages.of(noor.person)
        assert client.get(row.get_absolute_url())["Location"] == f"/polls/{own.pk}"

    def test_it_can_be_chosen_in_the_settings(self, client: Client) -> None:
        noor = factories.user("noor")
        client.force_login(noor, backend=BACKEND)
        assert "Somebody votes in a poll of mine" in words(client.get("/settings/notices"))
        kept = {f"{kind}-kith": "on" for kind in registry.values(lambda kind: kind.value != "voted")}
        client.post("/settings/notices", {"kinds": "", **kept})
        assert not noor.person.choices.get(kind="voted").in_kith

    def test_it_is_mailed(self, ada: Person, ben: Person, settings: Any) -> None:
        settings.EMAIL_URL = "smtp://localhost"
        for name, value in mailers.settings_for("locmem").items():
            setattr(settings, name, value)
        noor = factories.user("noor")
        EmailAddress.objects.create(user=noor, email="noor@mail.example", verified=True, primary=True)
        choices.ask_for(noor.person, notices=Every.SOON, digest=Every.NEVER, whole=False)
        vote(ben, factories.post(noor.person, title="Moons"))
        notify_all()
        assert outgoing.enqueue() == 1
        Letter.objects.update(due_at=outgoing.timezone.now())
        assert outgoing.send() == 1
        assert mail.outbox[0].subject == "Ben voted in Moons, 1 in all"

    def test_it_is_left_out_while_it_is_not_registered(
        self, client: Client, ben: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As where its package was removed. Nothing fails, and the rows are there when it is back."""
        noor = factories.user("noor")
        vote(ben, factories.post(noor.person, title="Moons"))
        follows.follow(ben, noor.person.stream)
        notify_all()
        Notification.objects.update(by_mail=True)
        choices.choose(noor.person, {"voted": (True, False)})
        Mailing.objects.create(person=noor.person, notices=Every.SOON)
        EmailAddress.objects.create(user=noor, email="noor@mail.example", verified=True, primary=True)
        letter = Letter(person=noor.person, kind=Letter.Kind.NOTICES, due_at=outgoing.timezone.now())
        assert pages.unread(noor.person) == 2
        voted = pages.of(noor.person).get(kind="voted")
        client.force_login(noor, backend=BACKEND)
        with monkeypatch.context() as removed:
            removed.delitem(registry._kinds, "voted")
            forget_queries()
            assert pages.unread(noor.person) == 1
            for page in ("/notices", "/notices?show=answers", "/settings/notices", "/"):
                assert "voted in" not in words(client.get(page))
            assert "follows you" in words(client.get("/notices"))
            assert client.get(voted.get_absolute_url()).status_code == 404
            written = letters.write(letter, outgoing.timezone.now())
            assert written.message is not None
            assert "voted in" not in written.message.body
        forget_queries()
        assert "voted in" in words(client.get("/notices"))
        assert pages.unread(noor.person) == 2

    def test_no_other_kind_is_changed_by_it(self, ada: Person, ben: Person, poll: Post) -> None:
        factories.comment(ben, poll)
        vote(ben, poll)
        assert notified(ada) == [("voted", "ben"), ("comment", "ben")]


def test_a_trigger_can_limit_who_sees_it(ada: Person, ben: Person, poll: Post) -> None:
    [trigger] = VOTED.triggers
    of_named = replace(
        trigger, visible_to=lambda viewer, activity, moment: Q(**{f"{activity}actor__name": "B"})
    )
    registry.register(replace(VOTED, triggers=(of_named,)))
    vote(ben, poll)
    assert notified(ada) == []
    Person.objects.filter(pk=ben.pk).update(name="B")
    vote(ben, poll)
    assert len(notified(ada)) == 1
    Person.objects.filter(pk=ben.pk).update(name="Ben")
    assert notified(ada) == []


@pytest.mark.parametrize(("priority", "expected"), [(0, "mention"), (9, "written")])
def test_the_kind_with_the_highest_priority_wins(
    ada: Person, ben: Person, priority: int, expected: str
) -> None:
    trigger = Trigger(Type.CREATE, lambda activity: [ben.pk])
    registry.register(replace(VOTED, value="written", triggers=(trigger,), priority=priority))
    factories.post(ada, "Are you there, @ben?")
    assert notified(ben) == [(expected, "ada")]


@pytest.mark.parametrize("wrong", [{"value": "mention"}, {"value": ""}, {"value": "x" * 9}, {"triggers": ()}])
def test_a_kind_that_cannot_work_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        registry.register(replace(VOTED, **wrong))


def test_values_fit_the_columns() -> None:
    for model in (Notification, choices.Choice):
        assert model._meta.get_field("kind").max_length == registry.VALUE_LENGTH
