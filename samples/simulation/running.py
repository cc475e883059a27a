"""Run intents at a rate."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from network.errors import KithError
from samples.simulation.intents import Intent
from samples.simulation.world import NothingToDo, World


@dataclass
class Tally:
    """Counts of what was done, by kind, and of what was refused, by the name of the error."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def acts(self) -> int:
        return self.done.total() + self.refused.total()


def run(
    world: World,
    intents: Iterable[Intent],
    *,
    rate: float,
    until: Callable[[Tally], bool],
    progress: Callable[[Tally], object],
) -> Tally:
    """Run intents until `until` is true, `rate` a second (0: as fast as possible).

    A refusal counts as an act. A run that is late does not wait until it has caught up. Raises every error
    that is not a refusal.
    """
    tally, started = Tally(), time.monotonic()
    for intent in intents:
        if until(tally):
            break
        if rate:
            time.sleep(max(0.0, started + tally.acts / rate - time.monotonic()))
        try:
            world.act(intent)
        except KithError as refusal:
            tally.refused[type(refusal).__name__] += 1
        except NothingToDo:
            tally.refused["NothingToDo"] += 1
        else:
            tally.done[intent.kind] += 1
        progress(tally)
    return tally
