"""Announcements to all pages of one server, compared with stock Channels: time, CPU and memory."""

from __future__ import annotations

from pathlib import Path

from bench import Case, Report
from bench.support import crowds
from bench.support.running import serving
from bench.support.sides import STOCK_SERVER, Kith, Stock

PAGES = 1000
ANNOUNCEMENTS = 10
A_TURN = 5  # measured together, because the system counts CPU in steps of 10 ms
MANY, FEW = 500, 5  # streams that each person follows
LAST = 60  # ms to the last page, at most
MOST = 32  # kB a page, at most
BASELINE = "stock Channels"


def fanout(report: Report, folder: Path) -> None:
    """live.fanout and live.memory: all pages follow one author."""
    ours, theirs = beside_stock(report, 1, again=0)
    rates = [[len(side.crowd.keys) * 1000 / wait for wait in side.waits] for side in (ours, theirs)]
    report.add(Case("live.fanout", "frames/s", rates[0], BASELINE, rates[1], at_least=4, faults=ours.faults))
    report.allow("live.fanout.last", "ms", ours.waits, LAST)
    memory = [ours.kilobytes], BASELINE, [theirs.kilobytes]
    report.add(Case("live.memory", "kB a page", *memory, at_most=0.8, faults=ours.faults))
    report.allow("live.memory.most", "kB a page", [ours.kilobytes], MOST)


def follow300(report: Report, folder: Path) -> None:
    """live.follow300 and live.memory300: each page follows 300 of 5,000 streams."""
    ours, theirs = beside_stock(report, 300, again=0 if report.quick else 2)
    opening = ours.opening, BASELINE, theirs.opening
    report.add(Case("live.follow300", "s", *opening, at_most=1 / 3, faults=ours.faults))
    memory = [ours.kilobytes], BASELINE, [theirs.kilobytes]
    report.add(Case("live.memory300", "kB a page", *memory, at_most=0.65, faults=ours.faults))


def followed(report: Report, folder: Path) -> None:
    """live.followed: the server's CPU for an announcement, with 500 followed streams a page and with 5."""
    number = PAGES // 10 if report.quick else PAGES
    with serving() as one, serving() as other:
        sides = [
            Kith(server, crowds.gather(number, streams)) for server, streams in ((one, MANY), (other, FEW))
        ]
        for side in sides:
            side.warm()
            side.open()
        costs: list[list[float]] = [[], []]
        for _ in range(ANNOUNCEMENTS):
            for side, cost in zip(sides, costs, strict=True):
                before = side.server.cpu()
                for _ in range(A_TURN):
                    side.announce()
                cost.append((side.server.cpu() - before) / A_TURN)
        for side in sides:
            side.check()
            side.close()
    faults = sum(side.faults for side in sides)
    few = f"{FEW} streams each"
    report.add(Case("live.followed", "ms of CPU", costs[0], few, costs[1], at_most=1.3, faults=faults))


def beside_stock(report: Report, streams: int, *, again: int) -> tuple[Kith, Stock]:
    """Open all pages on both servers, announce ten times, measure; then open all `again` times more."""
    crowd = crowds.gather(PAGES // 10 if report.quick else PAGES, streams)
    with serving() as ours, serving(STOCK_SERVER) as theirs:
        sides = kith, stock = Kith(ours, crowd), Stock(theirs, crowd, streams)
        for side in sides:
            side.warm()
            before = side.server.memory()
            side.open()
            side.kilobytes = -before / 1024 / len(crowd.keys)
            side.cpu = -side.server.cpu()
        for _ in range(ANNOUNCEMENTS):
            for side in sides:
                side.waits.append(side.announce())
        for side in sides:
            side.cpu += side.server.cpu()
            side.kilobytes += side.server.memory() / 1024 / len(crowd.keys)
            side.check()
            report.note(str(side))
            side.close()
        for _ in range(again):
            for side in sides:
                side.open()
                side.close()
    return kith, stock
