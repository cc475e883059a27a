"""`bin/bench NAME`: run one of the benchmarks in bench/cases/."""

import argparse
import ast
import importlib
import os
from pathlib import Path

import bench
from commands.environment import ROOT


def main(arguments: list[str]) -> int:
    summaries = benchmarks()
    names = sorted(summaries)
    parser = argparse.ArgumentParser(prog="bin/bench", description="Measure something, beside a baseline.")
    parser.add_argument("name", nargs="?", choices=names, metavar="NAME", help=" or ".join(names))
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it works")
    parser.add_argument("--json", action="store_true", help="one object a line, for programs")
    options = parser.parse_args(arguments)
    if options.name is None:
        for name in names:
            print(f"{name:12} {summaries[name]}")
        return 0
    os.chdir(ROOT)
    report = bench.Report(quick=options.quick, json=options.json)
    importlib.import_module(f"bench.cases.{options.name}").main(report)
    return 0 if report.holds else 1


def benchmarks() -> dict[str, str]:
    """Return the modules in bench/cases/ that have a `main`, with the first line of their docstring."""
    found = {}
    for path in Path(ROOT, "bench", "cases").glob("*.py"):
        module = ast.parse(path.read_text())
        if any(isinstance(part, ast.FunctionDef) and part.name == "main" for part in module.body):
            found[path.stem] = (ast.get_docstring(module) or "").partition("\n")[0]
    return found
