"""`import_graph` creates two follows for each edge, once, whatever exists before, and wherever it stopped."""

from __future__ import annotations

import gzip
import os
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from network.actions import blocks, counting, follows
from network.models import Activity, Delivery, Follow, Person
from samples import edge_list, graph_import, names
from samples.management.commands import import_graph
from tests.support import factories

pytestmark = pytest.mark.django_db
GRAPH = os.environ.get("KITH_GRAPH", "")

TRIANGLE = "# three friends and a fourth\n0 1\n1 2\n2 0\n\n2 103\n"


def run(path: Path) -> str:
    """Run the command and return its stderr."""
    err = StringIO()
    call_command("import_graph", str(path), stderr=err)
    return err.getvalue()


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    path = tmp_path / "graph.txt"
    path.write_text(TRIANGLE)
    return path


def pairs() -> set[tuple[str, str]]:
    rows = Follow.objects.filter(state=Follow.State.ACCEPTED)
    return set(rows.values_list("follower__handle", "stream__person__handle"))


def test_each_edge_is_two_follows(graph: Path) -> None:
    said = run(graph)
    assert pairs() == {
        (one, other)
        for a, b in (("p00", "p01"), ("p01", "p02"), ("p02", "p00"), ("p02", "p103"))
        for one, other in ((a, b), (b, a))
    }
    assert "4 edges" in said
    assert "4 people and 8 follows are new" in said


def test_rows_equal_those_of_the_actions(graph: Path) -> None:
    run(graph)
    ada, ben = factories.person("ada"), factories.person("ben")
    follows.follow(ada, ben.stream)
    real = Activity.objects.get(type=Activity.Type.FOLLOW, actor=ada)
    imported = Activity.objects.filter(type=Activity.Type.FOLLOW).exclude(actor=ada)
    assert imported.count() == 8
    for activity in imported:
        assert activity.detail == real.detail
        assert Follow.objects.filter(follower=activity.actor, stream=activity.stream).exists()
    some = Person.objects.get(handle="p02")
    assert some.stream.followers_count == 3
    assert some.generation > 0
    assert some.name == names.name_of(2)
    assert Activity.objects.filter(type=Activity.Type.CREATE, actor=some, stream=some.stream).count() == 1
    assert list(counting.recount(mend=False)) == []
    assert not Delivery.objects.exclude(activity__actor__in=[ada, ben]).exists()


def test_a_second_run_changes_nothing(graph: Path) -> None:
    run(graph)
    before = (Activity.objects.count(), Follow.objects.count(), Person.objects.count())
    said = run(graph)
    assert "0 people and 0 follows are new" in said
    assert (Activity.objects.count(), Follow.objects.count(), Person.objects.count()) == before


def test_it_continues_after_a_stop(graph: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_graph, "BATCH", 1)
    real, asked = graph_import.befriend, []

    def stop_at_the_third(batch: list[graph_import.Edge]) -> graph_import.Imported:
        asked.append(batch)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return real(batch)

    monkeypatch.setattr(graph_import, "befriend", stop_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        run(graph)
    assert Follow.objects.count() == 4
    monkeypatch.setattr(graph_import, "befriend", real)
    run(graph)
    assert Follow.objects.count() == 8
    assert list(counting.recount(mend=False)) == []


def test_invalid_lines_are_printed_and_skipped(tmp_path: Path) -> None:
    path = tmp_path / "graph.txt"
    path.write_bytes(b"0 1\none two\n2\n3 3\n1 2 3\n\xff\xfe 4\n-1 5\n1 2\n")
    err = StringIO()
    with pytest.raises(CommandError, match="Lines left out: 6") as failed:
        call_command("import_graph", str(path), stderr=err)
    assert failed.value.returncode == 1
    for number in range(2, 8):
        assert f"Line {number} is not two different numbers" in err.getvalue()
    assert len(pairs()) == 4


def test_an_edge_written_twice_or_both_ways_is_one(tmp_path: Path) -> None:
    path = tmp_path / "graph.txt"
    path.write_text("0 1\n1 0\n0 1\n0,1\n")
    run(path)
    assert len(pairs()) == Follow.objects.count() == 2
    assert Person.objects.get(handle="p00").stream.followers_count == 1


def test_gzip_is_detected_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "graph"
    path.write_bytes(gzip.compress(TRIANGLE.encode()))
    run(path)
    assert Follow.objects.count() == 8
    path.write_bytes(gzip.compress(TRIANGLE.encode())[:-9])
    with pytest.raises(CommandError, match="cannot be read"):
        run(path)
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path / "nowhere")


def test_a_handle_of_a_user_stops_it(graph: Path) -> None:
    factories.user("p02")
    with pytest.raises(CommandError, match="p02"):
        run(graph)
    assert not Follow.objects.exists()
    assert Person.objects.count() == 1


def test_people_with_a_block_do_not_follow_each_other(graph: Path) -> None:
    run(graph)
    one, other = Person.objects.get(handle="p00"), Person.objects.get(handle="p01")
    blocks.block(one, other)
    run(graph)
    assert Follow.objects.count() == 6
    assert not pairs() & {("p00", "p01"), ("p01", "p00")}


def test_names_are_reproducible_and_different() -> None:
    assert names.name_of(0) == "Aarav Abdi"
    assert len({names.name_of(number) for number in range(4039)}) == 4039


@pytest.mark.slow
@pytest.mark.skipif(not GRAPH, reason="KITH_GRAPH names no file: the real graph was not imported")
def test_the_real_graph_takes_less_than_two_minutes_of_cpu_time() -> None:
    started = time.process_time()
    run(Path(GRAPH))
    assert time.process_time() - started < 120
    assert Person.objects.count() == 4039
    assert Follow.objects.count() == 2 * edge_list.count(Path(GRAPH)) == 176_468
    assert Person.objects.order_by("-stream__followers_count").first().stream.followers_count == 1045
    assert list(counting.recount(mend=False)) == []
