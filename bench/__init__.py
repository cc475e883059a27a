"""Benchmarks: each compares Kith with a baseline. `bin/bench NAME` runs `main` of `bench/cases/NAME.py`."""

import json
import os
import platform
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 5

Measure = Callable[[], float]


@dataclass(frozen=True)
class Case:
    """One comparison: the medians of ours and of the baseline, measured alternately in the same run.

    The bar is a limit on the ratio ours / baseline: a minimum (`at_least`) or a maximum (`at_most`). `faults`
    counts errors during the measurement, such as missed frames. With any fault the case does not hold.
    """

    case: str
    unit: str
    ours: list[float]
    baseline: str
    theirs: list[float]
    at_least: float | None = None
    at_most: float | None = None
    faults: int = 0

    @property
    def value(self) -> float:
        return statistics.median(self.ours)

    @property
    def baseline_value(self) -> float:
        return statistics.median(self.theirs)

    @property
    def ratio(self) -> float:
        return self.value / self.baseline_value if self.baseline_value else float("inf")

    @property
    def bar(self) -> str | None:
        if self.at_least is not None:
            return f">= {self.at_least:g}"
        return None if self.at_most is None else f"<= {self.at_most:g}"

    @property
    def holds(self) -> bool:
        above = self.at_least is None or self.ratio >= self.at_least
        return above and (self.at_most is None or self.ratio <= self.at_most) and not self.faults

    def as_json(self) -> str:
        return json.dumps(
            {
                "case": self.case,
                "value": round(self.value, 4),
                "unit": self.unit,
                "baseline": {"what": self.baseline, "value": round(self.baseline_value, 4)},
                "ratio": round(self.ratio, 3),
                "bar": self.bar,
                "faults": self.faults,
                "holds": self.holds,
            }
        )

    def as_text(self) -> str:
        mark = "" if self.bar is None else f"   bar {self.bar}: {'holds' if self.holds else 'MISSED'}"
        mark += f"   {self.faults} FAULTS" if self.faults else ""
        return (
            f"{self.case}\n"
            f"    ours      {spread(self.ours)} {self.unit}\n"
            f"    baseline  {spread(self.theirs)} {self.unit}   ({self.baseline})\n"
            f"    ratio     {self.ratio:.2f}{mark}"
        )


def spread(values: list[float]) -> str:
    return f"{statistics.median(values):,.2f} ({min(values):,.2f} to {max(values):,.2f})"


class Report:
    """Prints the results of a benchmark, and records whether all of its bars hold."""

    def __init__(self, *, quick: bool, json: bool) -> None:
        self.quick, self.json = quick, json
        self.holds = True
        system = f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}"
        self.note(f"{system}{', quick' if quick else ''}; median of {ROUNDS} (smallest to largest)")

    def note(self, text: str) -> None:
        """Print sizes and settings that belong to the figures."""
        print(text, file=sys.stderr if self.json else sys.stdout, flush=True)

    def compare(
        self,
        case: str,
        ours: Measure,
        theirs: Measure,
        *,
        unit: str,
        baseline: str,
        at_least: float | None = None,
        at_most: float | None = None,
    ) -> Case:
        """Measure both alternately, ROUNDS times, and print the result."""
        measured = [(ours(), theirs()) for _ in range(ROUNDS)]
        left, right = ([pair[side] for pair in measured] for side in (0, 1))
        return self.add(Case(case, unit, left, baseline, right, at_least, at_most))

    def add(self, case: Case) -> Case:
        self.holds &= case.holds
        print(case.as_json() if self.json else case.as_text(), flush=True)
        return case

    def allow(self, case: str, unit: str, ours: list[float], most: float, faults: int = 0) -> Case:
        """Compare with a fixed maximum instead of a baseline."""
        return self.add(Case(case, unit, ours, "the most allowed", [most], at_most=1, faults=faults))
