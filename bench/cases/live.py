"""Live updates: thousands of open pages compared with stock Channels, and the time of a catch-up.

Each page is a home of another person, who has 20 blocks, 20 mutes and 5 muted words. The stock baseline
(`baselines/stock.py`) runs on plain daphne with the same Valkey and database, in the same run. A case does
not hold if a page misses an entry or receives one twice. KITH_BENCH_LIVE selects measurements, separated by
commas: fanout, follow300, followed, stalled, pages, end_to_end, catchup, storm.
"""

from __future__ import annotations

import os

import django

from bench import Report
from bench.support.running import kith, open_many_files


def main(report: Report) -> None:
    open_many_files()
    with kith(on_postgresql=True) as (_processes, folder):
        django.setup()
        from bench.support import announcing, reaching, returning, stalling
        from network.signals import activity_recorded
        from realtime.announcing import publisher

        activity_recorded.disconnect(publisher.announce)  # the benchmark announces posts itself
        measurements = {
            "fanout": announcing.fanout,
            "follow300": announcing.follow300,
            "followed": announcing.followed,
            "stalled": stalling.stalled,
            "pages": reaching.pages,
            "end_to_end": reaching.end_to_end,
            "catchup": returning.catchup,
            "storm": returning.storm,
        }
        wanted = os.environ.get("KITH_BENCH_LIVE") or ",".join(measurements)
        report.note("PostgreSQL; one process of Python reads all sockets, by epoll")
        for name in wanted.split(","):
            measurements[name](report, folder)
