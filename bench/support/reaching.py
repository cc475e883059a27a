"""Live updates under load: from a POST to the last open page, and page loads during announcements."""

from __future__ import annotations

import statistics
import threading
import time
from contextlib import ExitStack
from pathlib import Path

from bench import Case, Report
from bench.cases import latency
from bench.support import crowds
from bench.support import page_client as homes
from bench.support.running import serving, working
from bench.support.sides import Kith
from bench.support.sockets import Socket, Sockets, watch

PAGES = 1000
POSTS = 30
MEDIAN, SLOWEST = 100, 300  # ms, at most
ROUNDS, REQUESTS = 3, 100
EVERY = 0.2  # seconds between announcements


def end_to_end(report: Report, folder: Path) -> None:
    """live.end_to_end: from a POST to the last of a thousand followers, with two servers and a worker."""
    crowd = crowds.gather(PAGES // 10 if report.quick else PAGES)
    with ExitStack() as running:
        running.enter_context(working(folder))
        ports = [running.enter_context(serving()).port for _ in range(2)]
        sockets = Sockets(watch(crowds.now()))
        sockets.count(Kith.ready)
        sockets.open(Socket(ports[place % 2], key) for place, key in enumerate(crowd.keys))
        sockets.until(lambda: sockets.heard == len(crowd.keys))
        sockets.linger(5)
        post(sockets, ports[0], crowd.author_key, "Low water, before it counts.")
        sockets.forget()
        waits, answers, missed = [], [], 0
        for number in range(POSTS // 10 if report.quick else POSTS):
            wait, answered = post(sockets, ports[0], crowd.author_key, f"Low water, tide {number}.")
            waits.append(wait)
            answers.append(answered)
            missed += sum(sorted(one.came().values()) != [1] for one in sockets.all)
            sockets.forget()
        missed += sockets.lost
        sockets.close()
    report.note(
        f"{len(crowd.keys):,} pages on two servers; POSTs answered in {statistics.median(answers):.0f} ms"
    )
    report.allow("live.end_to_end", "ms", waits, MEDIAN, missed)
    slowest = statistics.quantiles(waits, n=100, method="inclusive")[98]
    report.allow("live.end_to_end.slowest", "ms, p99", [slowest], SLOWEST, missed)


def post(sockets: Sockets, port: int, key: str, text: str) -> tuple[float, float]:
    """Publish a post. Returns the milliseconds until the last page has it, and until the response."""
    answered = [0.0]

    def send() -> None:
        latency.send(port, key, text)
        answered[0] = time.perf_counter()

    sender = threading.Thread(target=send)
    sockets.count(b'"entry"')
    began = time.perf_counter()
    sender.start()
    sockets.until(lambda: sockets.heard >= len(sockets.all), 10)
    last = sockets.at
    sockets.linger(0.3)
    sender.join()
    return (last - began) * 1000, (answered[0] - began) * 1000


def pages(report: Report, folder: Path) -> None:
    """live.pages: load homes one after the other from a server with a thousand open pages."""
    crowd = crowds.gather(PAGES // 10 if report.quick else PAGES)
    times = REQUESTS // 10 if report.quick else REQUESTS
    with working(folder), serving() as server:
        for _ in range(20):
            crowd.say()
        side = Kith(server, crowd)
        side.warm()
        side.open()
        homes.taken(homes.ask(server.port, crowd.keys[:20], 1, 20))
        idle: list[float] = []
        busy: list[float] = []
        for _ in range(ROUNDS):
            asking = homes.ask(server.port, crowd.keys[:20], 1, times)
            side.sockets.until(lambda: asking.poll() is not None, 120)  # noqa: B023
            idle += homes.taken(asking)
            asking = homes.ask(server.port, crowd.keys[:20], 1, times)
            while asking.poll() is None:
                began = time.perf_counter()
                side.waits.append(side.announce())
                side.sockets.linger(max(0.0, EVERY - (time.perf_counter() - began)))
            busy += homes.taken(asking)
            side.check()
        side.close()
    report.note(
        f"{len(idle)} homes each, median {statistics.median(busy):.0f} and {statistics.median(idle):.0f} ms; "
        f"{len(side.waits)} announcements, the last page after {statistics.median(side.waits):.0f} ms"
    )
    slow = [[statistics.quantiles(taken, n=100)[98]] for taken in (busy, idle)]
    report.add(Case("live.pages", "ms, p99", slow[0], "idle", slow[1], at_most=2, faults=side.faults))
