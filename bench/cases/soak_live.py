"""Twenty minutes of 2,000 open pages that are cut while people act; then check everything they received.

KITH_GRAPH names the edge list with the people. Two web servers serve the pages. A page that was cut connects
again, as browsers do, to either of them. From time to time a person signs out, or leaves or enters a group.
The expected frames are computed from a journal of the database. With --quick: two minutes, 200 pages.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

import django

from bench import Case, Report
from bench.support.acting import LEAST, SETTLED, Sizes, acting, acts_by, graph
from bench.support.running import Server, kith, manage, open_many_files, serving, start_worker
from commands.environment import Stop
from commands.processes import Processes

if TYPE_CHECKING:
    from bench.support.history import Place

SECONDS, PAGES = 20 * 60, 2000
BEFORE = 2000  # acts before the pages open, so that groups, topics and threads exist
RATE = 24  # acts a second
ACTORS = 2  # processes; a single one waits for the disk most of the time
CUTS, LEAST_CUTS = 10.5, 10  # a second
LEAST_FRAMES = 5000  # a second, without counters and repeats
AWAY = 5.0  # seconds; the longest absence of a page
TURN = 0.25  # seconds between cuts
MEDDLE = 5.0  # seconds between two sign-outs or changes of membership
PATIENCE = 300  # seconds until all pages are connected and all is delivered, at the end


def main(report: Report) -> None:
    path = graph()
    open_many_files()
    with kith(on_postgresql=True) as (processes, folder):
        django.setup()
        from bench.cases.graph import wait_until_all_is_delivered
        from bench.support import live_pages

        manage("import_graph", path)
        share, chance = 10 if report.quick else 1, random.Random(1)
        people = live_pages.gather(PAGES // share, chance)
        with ExitStack() as running:
            start_worker(processes, folder)
            manage("simulate", "--acts", str(BEFORE), "--rate", "0", "--seed", "2")
            wait_until_all_is_delivered()
            servers = [running.enter_context(serving()) for _ in range(2)]
            soak = Soak(share, live_pages.choose(people, chance), servers, processes)
            soak.open()
            soak.act()
            soak.end()
        processes.stop()
        soak.tell(report)
        soak.judge(report)


class Soak:
    """The pages, their servers, and the measurements."""

    def __init__(
        self,
        share: int,
        chosen: Sequence[tuple[int, Place]],
        servers: Sequence[Server],
        processes: Processes,
    ) -> None:
        from bench.support import crowds, filling, journal, live_pages, sockets

        self.share, self.servers, self.processes = share, servers, processes
        self.chance = random.Random(2)
        self.log = live_pages.Log()
        keys = crowds.sign_in([person for person, _place in chosen])
        self.live_pages = [
            live_pages.LivePage(self.port(), key, self.log, person, place)
            for key, (person, place) in zip(keys, chosen, strict=True)
        ]
        self.in_groups = [one for one in self.live_pages if one.place[0] == "group"]
        self.keys = {one.key: one.person for one in self.live_pages}
        self.sockets = sockets.Sockets()
        self.cuts = self.meddled = self.heard = 0
        self.slowest = self.seconds = self.rate = self.ended = 0.0
        self.sizes = Sizes()
        filling.analyze()
        journal.begin()

    def port(self) -> int:
        return self.chance.choice(self.servers).port

    def open(self) -> None:
        for one in self.live_pages:
            one.show(one.place)  # entries after this moment are new
        self.sockets.come_back = True
        self.sockets.open(self.live_pages)
        self.wait(lambda: all(one.is_ready for one in self.live_pages))

    def act(self) -> None:
        """Run the acts. Meanwhile cut pages, change sessions and memberships, and measure memory."""
        self.sockets.count(b"")
        began = time.monotonic()
        with ExitStack() as stack:
            actors = [
                stack.enter_context(acting(RATE / ACTORS, SECONDS / self.share, seed=place))
                for place in range(ACTORS)
            ]
            while any(actor.poll() is None for actor in actors):
                turn = time.monotonic()
                self.sockets.linger(TURN)
                self.seconds = time.monotonic() - began
                while self.cuts < self.seconds * CUTS / self.share:
                    self.cut()
                if self.meddled < self.seconds // MEDDLE:
                    self.meddle()
                if len(self.sizes.taken) < self.seconds:
                    self.sizes.take(self.seconds, self.serving())
                self.slowest = max(self.slowest, time.monotonic() - turn - TURN)
            self.rate = sum(map(acts_by, actors)) / self.seconds
        self.heard = self.sockets.heard
        self.processes.check()

    def cut(self) -> None:
        one = self.chance.choice(self.live_pages)
        if one.is_ready:
            one.call(self.port(), one.key)
            self.sockets.cut(one, self.chance.uniform(0, AWAY), is_rude=self.chance.random() < 0.5)
            self.cuts += 1

    def meddle(self) -> None:
        """Sign a person out and in again, or let one leave or enter a group."""
        from django.contrib.sessions.models import Session

        from bench.support import crowds
        from network.actions import memberships
        from network.models import Follow, Group, Person

        self.meddled += 1
        one = self.chance.choice(self.live_pages if self.meddled % 2 else self.in_groups)
        if not one.is_ready:
            return
        if self.meddled % 2:
            Session.objects.get(pk=one.key).delete()
            [one.key] = crowds.sessions([one.person])
            self.keys[one.key] = one.person
            one.call(one.port, one.key)
            return
        person, group = Person.objects.get(pk=one.person), Group.objects.get(pk=one.place[1])
        if Follow.objects.filter(follower=person, stream=group.pk).exclude(role=Follow.Role.OWNER).exists():
            memberships.leave(person, group)
        else:
            memberships.enter(person, group)

    def end(self) -> None:
        """Wait until all pages are connected again and have received everything."""
        from bench.support.judge import GRACE
        from network.models import Delivery

        self.wait(lambda: all(one.is_ready for one in self.live_pages))
        self.wait(lambda: not Delivery.objects.exists())
        self.sockets.linger(GRACE + 1)
        self.ended = time.time()
        self.sockets.close()

    def wait(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise Stop(f"{PATIENCE} s were not enough until all pages were there and all was delivered.")
            self.sockets.linger(TURN)

    def serving(self) -> dict[str, int]:
        """The ids of all processes whose memory is measured, by name."""
        names = ("The first web server", "The second web server")
        servers = {name: one.pid for name, one in zip(names, self.servers, strict=True)}
        return servers | {name: one.pid for name, one in self.processes.running.items()}

    def tell(self, report: Report) -> None:
        report.note(
            f"{len(self.live_pages):,} pages of as many people for {self.seconds:.0f} s: 40% at home, 50% at "
            "topics, chosen by 1/rank, the others in groups and threads; everybody at home follows the "
            "first topics, which have most posts"
        )
        report.note(
            f"{self.cuts:,} cuts; {self.meddled} times somebody signed out, left a group or entered; "
            f"{self.heard / self.seconds:,.0f} frames a second with counters and what was known; closed by "
            f"servers with {dict(self.sockets.codes)}; the client was {self.slowest:.2f} s late at most"
        )
        asked = "the least asked for"
        report.add(Case("soak_live.acts", "acts/s", [self.rate], asked, [LEAST], at_least=1))
        cuts, least = self.cuts / self.seconds, LEAST_CUTS / self.share
        report.add(Case("soak_live.cuts", "cuts/s", [cuts], asked, [least], at_least=1))
        self.sizes.tell(report, "soak_live", SECONDS / self.share, SETTLED / self.share)

    def judge(self, report: Report) -> None:
        from bench.support import journal
        from bench.support.judge import Judge

        began = time.monotonic()
        judge = Judge(journal.acts(), self.log.pages, self.keys)
        judge.go_through(self.log, self.ended)
        counted = judge.counted
        report.note(
            f"judged in {time.monotonic() - began:.0f} s, of each page and each entry: {dict(counted)}"
        )
        for description in judge.described:
            report.note(description)
        frames, least = (counted["due"] - counted["missed"]) / self.seconds, LEAST_FRAMES / self.share
        asked = "the least asked for"
        report.add(Case("soak_live.frames", "frames/s", [frames], asked, [least], at_least=1))
        for kind, among in (("missed", "due"), ("doubled", "told"), ("forbidden", "told")):
            of = [float(counted[among])]
            report.add(Case(f"soak_live.{kind}", "frames", [counted[kind]], f"all {among}", of, at_most=0))
