"""Pages of the demo from one web process, compared with the same pages of commit b164ee2.

A person of the demo is signed in. Both versions run at the same time, and are measured alternately.
"""

from __future__ import annotations

import gzip
import re
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from bench import ROUNDS, Case, Report
from bench.support import former
from bench.support.former import BASELINE, Site
from bench.support.http import Visitor
from bench.support.running import Server

# The rate of each page is compared with the rate of the baseline's `/about`.
AT_LEAST = 0.45
BARE = 0.4
CPU = 0.25
LARGEST, LARGEST_ZIPPED = 60_000, 9_000  # bytes of a home


def main(report: Report) -> None:
    times = 40 if report.quick else 200
    with tempfile.TemporaryDirectory(prefix="kith-bench-") as folder, ExitStack() as running:
        checkout = former.checkout(Path(folder, "baseline"))
        ours = running.enter_context(former.demo(former.HERE, Path(folder, "ours")))
        theirs = running.enter_context(former.demo(checkout, Path(folder, "theirs")))
        constant = running.enter_context(former.constant_view(ours))
        report.note(f"{times} requests a round on 4 connections; the demo's {former.VISITOR} is signed in")
        measure(report, ours, theirs, constant, times)


def measure(report: Report, ours: Site, theirs: Site, constant: Server, times: int) -> None:
    visitor, before = (Visitor(site.server.port, *former.SIGN_IN) for site in (ours, theirs))
    home = visitor.get("/")
    baseline = f"/about of commit {BASELINE}"
    for case, address in {
        "pages.home": "/",
        "pages.thread": link(home, r'<h2 class="title" id="h\d+"><a href="(/posts/\d+)"'),
        "pages.topic": link(home, r'<a href="(/topics/\w+)"><em>'),
        "pages.notices": "/notices",
    }.items():
        report.compare(
            case,
            partial(visitor.rate, address, times),
            partial(before.rate, "/about", times),
            unit="requests/s",
            baseline=baseline,
            at_least=AT_LEAST,
        )
    plain = visitor.at_port(constant.port)
    report.compare(
        "pages.bare",
        partial(visitor.rate, "/about", times),
        partial(plain.rate, "/about", times),
        unit="requests/s",
        baseline="a Django view with a constant body, same server and session",
        at_least=BARE,
    )
    cpu = [(ours.cpu(visitor, "/", times), theirs.cpu(before, "/", times)) for _ in range(ROUNDS)]
    mine, former_ones = ([pair[side] for pair in cpu] for side in (0, 1))
    of_former = f"a home of commit {BASELINE}"
    report.add(Case("pages.home_cpu", "ms of CPU", mine, of_former, former_ones, at_most=CPU))
    former_home = before.get("/")
    zipped = len(gzip.compress(former_home))
    report.note(f"A home of commit {BASELINE}: {len(former_home):,} bytes, {zipped:,} by gzip")
    report.allow("pages.bytes", "bytes", [len(home)], LARGEST)
    report.allow("pages.bytes.gzip", "bytes", [len(gzip.compress(home))], LARGEST_ZIPPED)


def link(page: bytes, pattern: str) -> str:
    """The first address in a page that matches a pattern."""
    found = re.search(pattern, page.decode())
    if found is None:
        raise RuntimeError(f"The home of the demo has nothing like {pattern}.")
    return found[1]
