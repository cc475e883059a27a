"""Choices: by which ways a person gets each kind of notification."""

from __future__ import annotations

import pytest

from feeds.actions import choices
from feeds.models import Choice, Mailing, Notification
from network.actions import likes
from network.models import Activity, Person
from tests.support import factories
from tests.support.feeds.notifications import notified, notify_all

pytestmark = pytest.mark.django_db


class TestKinds:
    def test_a_person_may_choose_no_way_for_a_kind(self, ada: Person, ben: Person) -> None:
        choices.choose(ben, {"thanks": (False, False)})
        post = factories.post(ben)
        likes.like(ada, post)
        factories.comment(ada, post)
        assert notified(ben) == [("comment", "ada")]
        assert not Notification.objects.filter(kind="thanks").exists()

    def test_a_kind_chosen_by_mail_alone_is_not_on_the_page(
        self, ada: Person, ben: Person, settings: object
    ) -> None:
        settings.EMAIL_URL = "smtp://localhost"  # type: ignore[attr-defined]
        choices.ask_for(ben, notices=Mailing.Every.DAY, digest=Mailing.Every.NEVER, whole=False)
        choices.choose(ben, {"thanks": (False, True)})
        likes.like(ada, factories.post(ben))
        assert notified(ben) == []
        assert Notification.objects.get(person=ben).by_mail

    def test_without_a_choice_the_defaults_of_the_kind_decide_about_mail(
        self, ada: Person, ben: Person, chi: Person, settings: object
    ) -> None:
        settings.EMAIL_URL = "smtp://localhost"  # type: ignore[attr-defined]
        choices.ask_for(ben, notices=Mailing.Every.SOON, digest=Mailing.Every.NEVER, whole=False)
        post = factories.post(ben)
        likes.like(ada, post)
        factories.comment(ada, post, "Not so, @ben and @chi.")
        notify_all()
        rows = Notification.objects.order_by("activity").values_list("person__handle", "kind", "by_mail")
        assert sorted(rows) == [("ben", "mention", True), ("ben", "thanks", False), ("chi", "mention", False)]

    def test_a_site_that_sends_no_mail_marks_nothing_for_mail(self, ada: Person, ben: Person) -> None:
        choices.ask_for(ben, notices=Mailing.Every.SOON, digest=Mailing.Every.NEVER, whole=False)
        factories.post(ada, "Are you there, @ben?")
        notify_all()
        assert not Notification.objects.get(person=ben).by_mail

    def test_a_choice_that_equals_the_default_is_not_stored(self, ben: Person) -> None:
        choices.choose(ben, {"thanks": (False, False), "reply": (True, True)})
        assert [row.kind for row in Choice.objects.all()] == ["thanks"]
        choices.choose(ben, {"thanks": (True, False)})
        assert not Choice.objects.exists()

    def test_a_choice_records_an_activity(self, ben: Person) -> None:
        Activity.objects.all().delete()
        choices.choose(ben, {"thanks": (False, False)})
        choices.choose(ben, {"thanks": (False, False)})
        assert Activity.objects.filter(actor=ben, type="Update").count() == 1
