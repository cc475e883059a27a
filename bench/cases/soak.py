"""Half an hour of simulated acts while workers are killed. Then every home is compared with the database.

KITH_GRAPH names the edge list. A trial measures how fast this machine can act and deliver; the rate of the
run is a little lower. One of two workers is killed about every minute. The memory of the other worker, the
beat and the web server, which answers a page a second, must not grow. With --quick: two minutes.
"""

from __future__ import annotations

import http.client
import os
import random
import signal
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django

from bench import Case, Report
from bench.cases.graph import build, everybody, wait_until_all_is_delivered
from bench.cases.latency import session
from bench.support.acting import LEAST, SETTLED, Sizes, acting, acts_by, graph
from bench.support.running import kith, manage, serve
from commands import servers
from commands.environment import ROOT, Stop
from commands.processes import Processes

SECONDS, TRIAL = 30 * 60, 60  # of acts, and of the trial
HELD = 0.85  # of the rate that the trial measured
KILLED_EVERY = (30.0, 90.0)  # seconds
READERS = 20
VICTIM = "The worker that is killed"


def main(report: Report) -> None:
    path = graph()
    share = 15 if report.quick else 1
    with kith(on_postgresql=True) as (processes, folder):
        manage("import_graph", path)
        django.setup()
        build(list(everybody()))
        run = Run(processes, folder)
        rate = HELD * run.trial(TRIAL // (3 if report.quick else 1))
        report.note(f"{rate:.1f} acts a second for {SECONDS // share} s")
        run.act(rate, SECONDS // share)
        wait_until_all_is_delivered()
        run.tell(report)
        run.sizes.tell(report, "soak", SECONDS // share, SETTLED // share)
        report.add(Case("soak.rate", "acts/s", [run.rate], "the least asked for", [LEAST], at_least=1))
        report.add(
            Case("soak.equal", "(1: a home differs)", [check()], "feeds check --all", [1.0], at_most=0)
        )


@dataclass
class Run:
    """The running processes and the measurements."""

    processes: Processes
    folder: Path
    rate: float = 0.0
    killed: int = 0
    pages: list[float] = field(default_factory=list)  # milliseconds each
    lags: list[float] = field(default_factory=list)  # seconds, the age of the oldest pending delivery
    sizes: Sizes = field(default_factory=Sizes)

    def __post_init__(self) -> None:
        self.start_victim()
        self.processes.start("The worker", servers.worker(1), {})
        self.processes.start("The beat", servers.beat(), {})
        self.port = serve(self.processes).port
        self.keys = readers()
        self.chance = random.Random(1)

    def start_victim(self) -> None:
        self.processes.start(VICTIM, servers.worker(1), {})

    def trial(self, seconds: float) -> float:
        """Measure how many acts a second can be made and delivered."""
        began = time.monotonic()
        with acting(0, seconds, seed=2) as process:
            acts = acts_by(process)
        wait_until_all_is_delivered()
        return acts / (time.monotonic() - began)

    def act(self, rate: float, seconds: float) -> None:
        """Run the acts. Once a second: read a home, measure lag and memory; kill a worker when it is time."""
        kill_at = began = time.monotonic()
        with acting(rate, seconds, seed=1) as process:
            while process.poll() is None:
                round_began = time.monotonic()
                if round_began > kill_at:
                    kill_at = round_began + self.chance.uniform(*KILLED_EVERY)
                    self.kill()
                self.read()
                self.lags.append(lag())
                self.sizes.take(round_began - began, self.going_on())
                time.sleep(max(0.0, round_began + 1 - time.monotonic()))
            self.rate = acts_by(process) / (time.monotonic() - began)
        self.processes.check()

    def kill(self) -> None:
        victim = self.processes.running.pop(VICTIM)
        os.killpg(victim.pid, signal.SIGKILL)
        victim.wait()
        self.killed += 1
        self.start_victim()

    def read(self) -> None:
        """Load the home of a random person, and record the time."""
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", "/", headers={"Cookie": f"sessionid={self.chance.choice(self.keys)}"})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        if answer.status != 200:
            raise Stop(f"A home was answered with {answer.status}.")
        self.pages.append((time.perf_counter() - began) * 1000)

    def going_on(self) -> dict[str, int]:
        """The processes that are never killed, by name."""
        return {name: one.pid for name, one in self.processes.running.items() if name != VICTIM}

    def tell(self, report: Report) -> None:
        slow, late = statistics.quantiles(self.pages, n=100)[98], statistics.median(self.lags)
        report.note(
            f"{self.killed} workers killed; {len(self.pages):,} homes read, median "
            f"{statistics.median(self.pages):.0f} ms, 99% within {slow:.0f} ms; "
            f"the oldest delivery waited {max(self.lags):.1f} s at most, {late:.2f} s in the median"
        )


def readers() -> list[str]:
    """Create sessions for some people, and return their keys."""
    from network.models import Person, User

    people: list[Any] = list(Person.objects.order_by("?")[:READERS])
    for person in people:
        person.user = User.objects.create_user(person.handle)
        person.save(update_fields=["user"])
    return [session(person) for person in people]


def lag() -> float:
    """The age in seconds of the oldest pending delivery to timelines."""
    from feeds.delivery import backlog

    backlog.forget()
    return backlog.age().total_seconds()


def check() -> float:
    """Run `feeds check --all`, which prints wrong homes. Returns 1 if there is one, else 0."""
    done = subprocess.run(
        [sys.executable, "manage.py", "feeds", "check", "--all"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    print(done.stdout, file=sys.stderr, end="")
    return float(done.returncode)
