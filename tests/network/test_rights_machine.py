"""A state machine: readable posts, publications and counters equal the oracle's after random actions."""

from __future__ import annotations

from collections.abc import Iterator
from unittest import mock

import pytest
from django.db.models import F, Q
from hypothesis.stateful import run_state_machine_as_test

from network.actions import blocks
from network.actions.counting import recount
from network.models import Post, Publication, Stream
from network.queries import groups, people
from network.queries.posts import readable_by
from network.queries.showing import show
from tests import oracle
from tests.oracle import World
from tests.state_machines import DEEP, QUICK, ActionMachine, SiteRules


class Rights(ActionMachine, SiteRules):
    def check(self) -> None:
        world = World()
        self.everybody_reads_what_they_may(world)
        self.groups_are_named_to_who_may_see_them(world)
        self.people_are_named_to_who_may_see_them(world)
        self.everything_is_published_where_it_belongs(world)
        self.counters_count(world)

    def everybody_reads_what_they_may(self, world: World) -> None:
        for viewer in (None, *map(self.person, range(5))):
            found = set(readable_by(viewer).values_list("pk", flat=True))
            assert found == oracle.readable(world, viewer and viewer.pk), viewer

    def groups_are_named_to_who_may_see_them(self, world: World) -> None:
        for viewer in (None, *map(self.person, range(5))):
            seen = {
                group for group in world.groups if oracle.may_see_group(world, viewer and viewer.pk, group)
            }
            assert set(groups.visible_to(viewer).values_list("pk", flat=True)) == seen, viewer
            for id, shown in show(viewer, readable_by(viewer).values_list("pk", flat=True)).items():
                in_group = world.root(id).group_id
                assert (shown.group and shown.group.pk) == (in_group if in_group in seen else None), viewer

    def people_are_named_to_who_may_see_them(self, world: World) -> None:
        for viewer in (None, *map(self.person, range(5))):
            seen = {
                person
                for person in world.people
                if oracle.may_see_person(world, viewer and viewer.pk, person)
            }
            assert set(people.visible_to(viewer).values_list("pk", flat=True)) == seen, viewer

    def everything_is_published_where_it_belongs(self, world: World) -> None:
        columns = ("activity", "activity__post", "thread", "actor", "kind", "stream")
        stored = set(Publication.objects.values_list(*columns))
        assert stored == {
            (entry.id, entry.post, entry.thread, entry.actor, entry.kind, stream)
            for entry in oracle.entries(world)
            for stream in entry.streams
        }

    def counters_count(self, world: World) -> None:
        assert [wrong for wrong in oracle.counters(world) if wrong[1] != wrong[2]] == []
        assert list(recount(mend=False)) == []


@pytest.mark.django_db
def test_rights_equal_the_oracle():
    run_state_machine_as_test(Rights, settings=QUICK)


@pytest.mark.slow
@pytest.mark.django_db
def test_rights_equal_the_oracle_in_long_runs():
    run_state_machine_as_test(Rights, settings=DEEP)


class TestPlantedFaults:
    """Planted faults are found."""

    @pytest.fixture
    def rights(self, db: None) -> Iterator[Rights]:
        machine = Rights()
        for audience in Post.Audience:
            machine.publish(author=2, audience=audience, said={"#tides"}, to=0, where=2, again=1)
            machine.comment(author=3, post=0, said=set())
        machine.block(person=0, other=2, act=blocks.block)
        machine.check()
        yield machine
        machine.forget()

    @pytest.mark.parametrize("column", ["comments_count", "likes_count", "reshares_count", "newest_id"])
    def test_a_wrong_counter(self, rights: Rights, column: str):
        wrong = Post.objects.order_by("pk")[:1]
        Post.objects.filter(pk__in=wrong).update(**{column: F(column) + 1})
        with pytest.raises(AssertionError):
            rights.check()
        assert [(mended.row, mended.column) for mended in recount()] == [(wrong[0], column)]
        rights.check()

    def test_a_wrong_number_of_followers(self, rights: Rights):
        Stream.objects.filter(pk=rights.people[0]).update(followers_count=99)
        with pytest.raises(AssertionError):
            rights.check()

    @pytest.mark.parametrize("fault", ["for_all", "blocks"])
    def test_a_query_that_leaks(self, rights: Rights, fault: str):
        what = {"for_all": "posts.may_read", "blocks": "rights.not_blocked"}[fault]
        with mock.patch(f"network.queries.{what}", return_value=Q()), pytest.raises(AssertionError):
            rights.check()

    @pytest.mark.parametrize("where", ["rights", "groups", "people"])
    def test_a_closed_server_that_leaks(self, rights: Rights, where: str):
        rights.set_open(person=0, is_open=False)
        rights.check()
        open_to_all = mock.Mock(while_open=Q)
        with mock.patch(f"network.queries.{where}.site", open_to_all), pytest.raises(AssertionError):
            rights.check()

    def test_a_missing_publication(self, rights: Rights):
        Publication.objects.order_by("pk")[:1].get().delete()
        with pytest.raises(AssertionError):
            rights.check()

    def test_a_wrong_publication(self, rights: Rights):
        hidden = Publication.objects.filter(stream=rights.groups[2])[:1].get()
        hidden.pk, hidden.stream_id = None, rights.topics[0]
        hidden.save()
        with pytest.raises(AssertionError):
            rights.check()
