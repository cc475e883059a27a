"""Cases of benchmarks: medians, bars, faults, and the output."""

import json
from dataclasses import replace

import pytest

from bench import Case, Report
from commands.bench import main


def case(*, ours: list[float], theirs: list[float], **bar: float) -> Case:
    return Case("reading", "pages/s", ours, "a plain view", theirs, **bar)


def test_a_case_compares_medians() -> None:
    answer = case(ours=[1, 30, 29, 31, 900], theirs=[10, 10, 9, 11, 500], at_least=3)
    assert (answer.value, answer.baseline_value, answer.ratio, answer.holds) == (30, 10, 3, True)
    assert not case(ours=[29], theirs=[10], at_least=3).holds


def test_a_bar_can_be_a_maximum() -> None:
    assert case(ours=[5], theirs=[10], at_most=0.5).holds
    assert not case(ours=[6], theirs=[10], at_most=0.5).holds


def test_a_case_with_faults_does_not_hold() -> None:
    assert not replace(case(ours=[6], theirs=[10], at_most=0.9), faults=1).holds


def test_ours_and_the_baseline_are_measured_alternately(capsys: pytest.CaptureFixture[str]) -> None:
    turns: list[str] = []

    def ours() -> float:
        turns.append("ours")
        return 4.0

    def theirs() -> float:
        turns.append("theirs")
        return 2.0

    report = Report(quick=True, json=True)
    report.compare("reading", ours, theirs, unit="pages/s", baseline="a plain view", at_least=3)
    assert turns == ["ours", "theirs"] * 5
    assert not report.holds
    said = capsys.readouterr()
    assert json.loads(said.out) == {
        "case": "reading",
        "value": 4,
        "unit": "pages/s",
        "baseline": {"what": "a plain view", "value": 2},
        "ratio": 2,
        "bar": ">= 3",
        "faults": 0,
        "holds": False,
    }
    assert "quick" in said.err


def test_without_a_name_the_benchmarks_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "server" in [line.split()[0] for line in capsys.readouterr().out.splitlines()]
