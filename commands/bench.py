"""`bin/bench NAME`: run one of the benchmarks in bench/."""

import argparse
import importlib
import os
import pkgutil

import bench
from commands.environment import ROOT


def main(arguments: list[str]) -> int:
    names = sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if not module.ispkg)
    parser = argparse.ArgumentParser(prog="bin/bench", description="Measure something, beside a baseline.")
    parser.add_argument("name", nargs="?", choices=names, metavar="NAME", help=" or ".join(names))
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it works")
    parser.add_argument("--json", action="store_true", help="one object a line, for programs")
    options = parser.parse_args(arguments)
    if options.name is None:
        for name in names:
            summary = (importlib.import_module(f"bench.{name}").__doc__ or "").partition("\n")[0]
            print(f"{name:12} {summary}")
        return 0
    os.chdir(ROOT)
    report = bench.Report(quick=options.quick, json=options.json)
    importlib.import_module(f"bench.{options.name}").main(report)
    return 0 if report.holds else 1
