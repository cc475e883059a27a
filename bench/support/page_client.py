"""A process that loads home pages. It reads session keys from stdin, as JSON.

`python -m bench.support.page_client PORT AT_ONCE TIMES` prints the milliseconds of each page, as JSON.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from commands.environment import ROOT

here = threading.local()


def ask(port: int, keys: Sequence[str], at_once: int, times: int) -> subprocess.Popen[bytes]:
    """Start a process that loads `times` homes, `at_once` at the same time. `taken` returns its result."""
    command = [sys.executable, "-m", "bench.support.page_client", str(port), str(at_once), str(times)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(json.dumps(keys).encode())
    process.stdin.close()
    return process


def taken(process: subprocess.Popen[bytes]) -> list[float]:
    """The milliseconds of each page. Raises RuntimeError if a page was not answered."""
    assert process.stdout is not None
    said = process.stdout.read()
    if process.wait():
        raise RuntimeError("A page was not answered.")
    times: list[float] = json.loads(said)
    return times


def home(port: int, key: str) -> float:
    connection: http.client.HTTPConnection | None = getattr(here, "connection", None)
    if connection is None:
        connection = here.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    began = time.perf_counter()
    connection.request("GET", "/", headers={"Cookie": f"sessionid={key}"})
    answer = connection.getresponse()
    size = len(answer.read())
    if answer.status != 200 or size < 10_000:
        raise RuntimeError(f"A home was answered with {answer.status} and {size} bytes.")
    return (time.perf_counter() - began) * 1000


def load(port: int, at_once: int, times: int) -> None:
    keys = json.load(sys.stdin)
    with ThreadPoolExecutor(at_once) as pool:
        asked = pool.map(lambda place: home(port, keys[place % len(keys)]), range(times))
        print(json.dumps(list(asked)))


if __name__ == "__main__":
    load(*map(int, sys.argv[1:]))
