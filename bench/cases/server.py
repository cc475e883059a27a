"""The speed of the web server itself, compared with stock daphne."""

import asyncio
import contextlib
import socket
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial

from bench import ROUNDS, Case, Report
from commands.processes import Processes

CONNECTIONS = 16
REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


@dataclass(frozen=True)
class Run:
    rate: float  # requests a second
    slow: float  # milliseconds: the 99th percentile


def main(report: Report) -> None:
    count = 3_000 if report.quick else 20_000
    report.note(
        f"GET of 12 kB, {count:,} requests over {CONNECTIONS} kept connections from one Python client"
    )
    processes = Processes()
    with tempfile.TemporaryDirectory() as var, contextlib.ExitStack() as ending:
        ending.callback(processes.stop)
        ports = {which: start(processes, which, var) for which in ("kith", "stock")}
        runs: dict[str, list[Run]] = {which: [] for which in ports}
        for which, port in ports.items():
            processes.wait_until(partial(listens, port), which)
            asyncio.run(drive(port, count // 10))
        for _ in range(ROUNDS):
            for which, port in ports.items():
                runs[which].append(asyncio.run(drive(port, count)))
    stock = "daphne's own server"
    rates, slows = ({w: [getattr(run, what) for run in runs[w]] for w in runs} for what in ("rate", "slow"))
    report.add(Case("requests", "requests/s", rates["kith"], stock, rates["stock"], at_least=1))
    report.add(Case("slowest of a hundred", "ms", slows["kith"], stock, slows["stock"], at_most=1))


def start(processes: Processes, which: str, var: str) -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "bench.baselines.servers", which, str(port)]
    processes.start(which, command, {"KITH_VAR": var})
    return port


def listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


async def drive(port: int, count: int) -> Run:
    """Send `count` requests over all connections at once."""
    started = time.perf_counter()
    each = count // CONNECTIONS
    taken = await asyncio.gather(*(ask(port, each) for _ in range(CONNECTIONS)))
    seconds = time.perf_counter() - started
    times = [milliseconds for connection in taken for milliseconds in connection]
    return Run(rate=len(times) / seconds, slow=statistics.quantiles(times, n=100)[98])


async def ask(port: int, count: int) -> list[float]:
    """Send `count` requests one after the other on one connection. Returns the milliseconds of each."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    times = []
    for _ in range(count):
        started = time.perf_counter()
        writer.write(REQUEST)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length: ")[2].split(b"\r\n")[0])
        await reader.readexactly(length)
        times.append((time.perf_counter() - started) * 1000)
    writer.close()
    return times
