"""The rule of frames is the rule of pages, whatever people do; and who must learn of it does."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from feeds import entries
from network.models import Activity, Person, Post, Publication
from network.queries import rights as sql
from realtime import facts, frames, messages, rights
from realtime.messages import EVERYBODY, Message
from realtime.rights import NOBODY, Rights
from tests.acting import DEEP, QUICK, Acting


class Frames(Acting):
    """Beside the database there is a process that knows rights from announcements alone."""

    @initialize()
    def begin(self) -> None:
        self.known = rights.load(self.people)
        self.heard = Activity.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    @invariant()
    def announcements_keep_rights_current(self) -> None:
        for activity in Activity.objects.filter(pk__gt=self.heard).order_by("pk"):
            self.heard = activity.pk
            if activity.post_id is None:
                self.known |= rights.load(self.named(messages.whose_rights(activity)))
        assert self.known == rights.load(self.people)

    @rule()
    def compare(self) -> None:
        """Costly, so now and then, and when all is done."""
        self.readers_may_and_want_the_same()
        self.homes_are_the_same()
        self.what_travels_arrives_unchanged()

    def teardown(self) -> None:
        try:
            self.compare()
        finally:
            super().teardown()

    def readers_may_and_want_the_same(self) -> None:
        told = facts.of_posts(Post.objects.values_list("pk", flat=True))
        for viewer, known in self.viewers():
            may = set(Post.objects.filter(sql.may_read(viewer)).values_list("pk", flat=True))
            assert {post for post, of in told.items() if frames.may_read(known, of)} == may, viewer
            if viewer is not None:
                wanted = set(Post.objects.filter(sql.wants(viewer)).values_list("pk", flat=True))
                assert {post for post, of in told.items() if frames.wants(known, of, of.author)} == wanted

    def homes_are_the_same(self) -> None:
        said = self.entries()
        for viewer, known in self.viewers():
            if viewer is None:
                assert not any(frames.in_home(known, entry) for entry in said)
                continue
            home = {
                id
                for rows in (entries.followed(viewer), entries.own(viewer))
                for id in entries.visible(viewer, rows).values_list("activity", flat=True)
            }
            assert {entry.id for entry in said if frames.in_home(known, entry)} == home, viewer

    def what_travels_arrives_unchanged(self) -> None:
        for entry in self.entries():
            assert messages.decode(entry.encode()) == entry

    def entries(self) -> list[Message]:
        published = Activity.objects.filter(pk__in=Publication.objects.values("activity"))
        said = messages.of(list(published.select_related("post")), with_cards=False)
        return [message for message in said if message.type == "entry"]

    def viewers(self) -> list[tuple[Person | None, Rights]]:
        loaded = rights.load(self.people)
        people = [self.person(index) for index in range(len(self.people))]
        return [(None, NOBODY), *((person, loaded[person.pk]) for person in people)]

    def named(self, people: tuple[int, ...]) -> list[int]:
        return self.people if EVERYBODY in people else [one for one in people if one in self.people]


@pytest.mark.django_db
def test_frames_follow_the_rules_of_pages():
    run_state_machine_as_test(Frames, settings=settings(QUICK, max_examples=8))


@pytest.mark.slow
@pytest.mark.django_db
def test_frames_follow_the_rules_of_pages_for_long():
    run_state_machine_as_test(Frames, settings=DEEP)


@pytest.mark.django_db
def test_rights_take_three_queries_for_any_number_of_people(django_assert_num_queries):
    with django_assert_num_queries(3):
        rights.load(range(1, 500))
