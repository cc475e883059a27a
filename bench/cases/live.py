"""Live: very many open pages beside stock Channels, and how soon those who were away are back.

The pages are different people, at home, each with 20 blocks, 20 mutes and 5 muted words. The stock baseline
(`baselines/stock.py`) runs under plain daphne on the same Valkey and database, in the same run. A case does
not hold where a page misses an entry or gets one twice. KITH_BENCH_LIVE names the measurements wanted, with
commas between: fanout, follow300, followed, stalled, pages, end_to_end, catchup, storm.
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

        activity_recorded.disconnect(publisher.announce)  # what is written here is announced when it is time
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
