"""Pages that connect again: all at once after a cut, and after a restart of the server."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from bench import Case, Report
from bench.support import crowds
from bench.support import page_client as homes
from bench.support.running import serve, serving, working
from bench.support.sides import Kith, settle
from bench.support.sockets import Socket, Sockets, watch
from commands.processes import Processes

PAGES = 1000
MISSED = 30
ROUNDS = 3
LOADED = 100  # loaded pages; the time for as many pages as sockets is computed from these
AT_ONCE = 16  # pages
STORM = 5000
MISSED_IN_STORM = 10
BACK = 20  # seconds, at most


def catchup(report: Report, folder: Path) -> None:
    """live.catchup: connect all sockets and send each 30 missed entries; the baseline loads all pages."""
    waits, loads, faults = [], [], 0
    with working(folder), serving() as server:
        for _ in range(1 if report.quick else ROUNDS):
            crowd = crowds.gather(PAGES // 10 if report.quick else PAGES)
            Kith(server, crowd).warm()
            since = crowds.now()
            said = [crowd.say().pk for _ in range(MISSED)]
            began = time.perf_counter()
            sockets = Sockets(watch(since), at_once=len(crowd.keys))
            sockets.count(Kith.ready)
            sockets.open(Socket(server.port, key) for key in crowd.keys)
            sockets.until(lambda: sockets.heard >= len(crowd.keys), 120)  # noqa: B023
            waits.append(sockets.at - began)
            faults += sum(one.came()[id] != 1 for one in sockets.all for id in said) + sockets.lost
            settle(sockets, server)
            sockets.close()
            settle(Sockets(), server)
            number = min(LOADED, len(crowd.keys))
            began = time.perf_counter()
            homes.taken(homes.ask(server.port, crowd.keys[:number], AT_ONCE, number))
            loads.append((time.perf_counter() - began) * len(crowd.keys) / number)
    report.note(f"{len(crowd.keys):,} sockets, {MISSED} entries each; {number} pages, {AT_ONCE} at once")
    baseline = "loading as many pages, reckoned"
    report.add(Case("live.catchup", "s", waits, baseline, loads, at_most=0.1, faults=faults))


def storm(report: Report, folder: Path) -> None:
    """live.storm: the server stops and starts again; pages reconnect as `static/js/connection.js` does."""
    crowd = crowds.gather(STORM // 10 if report.quick else STORM)
    processes = Processes()
    try:
        server = serve(processes)
        side = Kith(server, crowd)
        side.open()
        sockets = side.sockets
        sockets.come_back, sockets.at_once = True, len(crowd.keys)
        sockets.hello = watch(crowds.now())
        killed = time.perf_counter()
        processes.stop()
        sockets.until(lambda: sockets.opened == 0, 10)
        said = [crowd.say().pk for _ in range(MISSED_IN_STORM)]
        sockets.count(side.ready)
        serve(processes, port=server.port, meanwhile=lambda: sockets.linger(0.02))
        started = time.perf_counter()
        sockets.until(lambda: sockets.heard >= len(crowd.keys), 120)
        back = sockets.at - started
        typical = statistics.median(one.at - started for one in sockets.all)
        sockets.linger(1)
        faults = sum(one.came()[id] != 1 for one in sockets.all for id in said)
        report.note(
            f"{len(crowd.keys):,} pages, open in {side.opening[0]:.1f} s; the server answered again after "
            f"{started - killed:.1f} s; {sockets.lost - len(crowd.keys):,} attempts were in vain, "
            f"codes of closing {dict(sockets.codes)}; half of the pages were back {typical:.1f} s later"
        )
        sockets.close()
    finally:
        processes.stop()
    report.allow("live.storm", "s", [back], BACK, faults)
