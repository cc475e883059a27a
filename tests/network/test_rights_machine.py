"""Whatever people do: what each may read, where it is published, and every counter are as the oracle says."""

from __future__ import annotations

import pytest
from hypothesis.stateful import run_state_machine_as_test

from network.actions.counting import recount
from network.models import Publication
from network.queries.posts import readable_by
from tests import oracle
from tests.acting import DEEP, QUICK, Acting
from tests.oracle import World


class Rights(Acting):
    def check(self) -> None:
        world = World()
        self.everybody_reads_what_they_may(world)
        self.everything_is_published_where_it_belongs(world)
        self.counters_count(world)

    def everybody_reads_what_they_may(self, world: World) -> None:
        for viewer in (None, *map(self.person, range(5))):
            found = set(readable_by(viewer).values_list("pk", flat=True))
            assert found == oracle.readable(world, viewer and viewer.pk), viewer

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
def test_rights_hold_whatever_people_do():
    run_state_machine_as_test(Rights, settings=QUICK)


@pytest.mark.slow
@pytest.mark.django_db
def test_rights_hold_for_long():
    run_state_machine_as_test(Rights, settings=DEEP)
