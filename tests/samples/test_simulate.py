"""`simulate`: a seed determines the sequence of intents, which are carried out through the real actions."""

from __future__ import annotations

import time
from collections import Counter
from io import StringIO
from itertools import islice

import pytest
from django.core.management import CommandError, call_command

from network.actions import counting, posts
from network.models import Activity, Delivery, Post, PostTopic
from samples.simulation.intents import SHARES, Intent, intents
from samples.simulation.world import World
from tests.support import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> None:
    for _ in range(12):
        factories.person()


def simulate(**options: float) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("simulate", stdout=out, stderr=err, **{"rate": 0, **options})
    return out.getvalue(), err.getvalue()


def acted() -> list[tuple[str, str]]:
    return list(Activity.objects.order_by("id").values_list("type", "actor__handle"))


def test_a_seed_determines_the_sequence_of_intents() -> None:
    first, again, another = (list(islice(intents(seed), 300)) for seed in (1, 1, 2))
    assert first == again
    assert first != another
    assert {intent.kind for intent in islice(intents(1), 5000)} == set(SHARES)


def test_few_people_do_most_of_the_acts() -> None:
    places = sorted(intent.actor for intent in islice(intents(1), 2000))
    assert places[1000] < 0.15
    assert 0 <= places[0] < places[-1] < 1


def test_everything_is_done_through_the_actions(people: None) -> None:
    before = Activity.objects.count()
    out, err = simulate(acts=300, seed=4)
    assert "300 acts" in err
    assert out.startswith("Done: ")
    done = int(out.split()[1])
    assert 150 < done < 300
    # A repeated act records nothing, so the number of acts is the upper limit.
    assert done * 0.7 < Activity.objects.count() - before <= done
    types = Counter(kind for kind, _actor in acted())
    assert {"Create", "Like", "Follow", "Announce", "Update", "Delete", "Undo", "Join", "Block"} <= set(types)
    assert Delivery.objects.exists()
    assert Post.objects.exclude(parent=None).exists()
    assert PostTopic.objects.exists()
    assert list(counting.recount(mend=False)) == []


def test_it_can_be_continued(people: None) -> None:
    simulate(acts=40)
    world = World(1)
    assert set(world.posts) == set(Post.objects.filter(deleted_at=None).values_list("pk", flat=True))
    simulate(acts=40, seed=2)


def test_refusals_are_counted(people: None, monkeypatch: pytest.MonkeyPatch) -> None:
    every = Intent("follow", actor=0.0, other=0.0, pick=0.0, words="Here is a loaf.", topic="bread")
    monkeypatch.setattr("samples.management.commands.simulate.intents", lambda seed: iter([every] * 5))
    out, _err = simulate(acts=5)
    assert "Refused: 5 (Invalid 5)" in out


def test_other_errors_end_it(people: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*args: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(posts, "publish", break_down)
    with pytest.raises(RuntimeError, match="broken"):
        simulate(acts=50)


def test_it_keeps_its_rate_and_its_duration(people: None) -> None:
    started = time.monotonic()
    simulate(acts=6, rate=10)
    assert time.monotonic() - started >= 0.5
    _out, err = simulate(seconds=0.3)
    assert " acts" in err


@pytest.mark.parametrize("options", [{"rate": -1}, {"acts": -1}, {"seconds": -1}])
def test_negative_options_are_refused(people: None, options: dict[str, float]) -> None:
    with pytest.raises(CommandError, match="not less than 0"):
        simulate(**options)


def test_it_needs_people() -> None:
    with pytest.raises(CommandError, match="nobody to act"):
        simulate(acts=1)
