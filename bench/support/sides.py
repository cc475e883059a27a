"""The open pages of a crowd, on Kith's server or on stock Channels: open, announce, measure."""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Collection

from channels_redis.pubsub import RedisPubSubChannelLayer
from django.conf import settings

from bench.baselines import stock
from bench.support import crowds
from bench.support.crowds import Crowd
from bench.support.running import Server
from bench.support.sockets import Socket, Sockets, watch
from network.models import Activity
from realtime.announcing import announcements, publisher

STOCK_SERVER = [
    *("env", "DJANGO_SETTINGS_MODULE=bench.baselines.stock_settings", sys.executable, "-m", "daphne"),
    *("-v", "0", "-b", "127.0.0.1", "-p", "PORT", "bench.baselines.stock:application"),
]
WARM = 20


class Kith:
    """Home pages on Kith's server. The first `narrow` of them have small network buffers."""

    name = "Kith"
    ready = b'"type":"ready"'

    def __init__(self, server: Server, crowd: Crowd, narrow: int = 0) -> None:
        self.server, self.crowd, self.narrow = server, crowd, narrow
        self.sockets = Sockets()
        self.said: list[int] = []
        self.opening: list[float] = []  # seconds until all pages were ready
        self.waits: list[float] = []  # milliseconds until the last page received an announcement
        self.faults = 0
        self.kilobytes = 0.0  # memory of the server for each page
        self.cpu = self.own_cpu = 0.0  # milliseconds of the server and of this client

    def socket(self, place: int) -> Socket:
        return Socket(self.server.port, self.crowd.keys[place], is_narrow=place < self.narrow)

    def hello(self) -> bytes:
        return watch(crowds.now())

    def publish(self, activity: Activity) -> None:
        publisher.deliver(activity)

    def open(self, number: int = 0) -> None:
        """Open all pages or the first `number`. Wait until all are ready and the server is idle."""
        number = number or len(self.crowd.keys)
        began = time.perf_counter()
        self.sockets = Sockets(self.hello())
        self.sockets.count(self.ready)
        self.sockets.open(self.socket(place) for place in range(number))
        if self.ready:
            self.sockets.until(lambda: self.sockets.heard == number, 120)
        self.opening.append(time.perf_counter() - began)
        settle(self.sockets, self.server)
        self.sockets.forget()

    def announce(self, among: Collection[Socket] = ()) -> float:
        """Announce one post. Returns the milliseconds until the last page, or the last of `among`, has it."""
        activity, own = self.crowd.say(), time.process_time()
        self.said.append(activity.pk)
        self.sockets.count(str(activity.pk).encode())
        began = time.perf_counter()
        self.publish(activity)
        self.sockets.until(lambda: self.sockets.heard >= len(self.sockets.all) - self.sockets.stalled, 10)
        self.own_cpu += (time.process_time() - own) * 1000
        self.sockets.linger(0.05)
        return (max(one.at for one in among or self.sockets.all) - began) * 1000

    def check(self, among: Collection[Socket] = ()) -> None:
        """Count as faults: missed, doubled and unexpected entries, and closed sockets."""
        self.faults += self.sockets.lost
        for one in among or self.sockets.all:
            came = one.came()
            self.faults += sum(abs(came.pop(id, 0) - 1) for id in self.said) + sum(came.values())
        self.sockets.forget()
        self.said.clear()

    def close(self) -> None:
        self.sockets.close()
        settle(Sockets(), self.server)

    def warm(self) -> None:
        """Open a few pages and announce once, so that the server has allocated what it needs for itself."""
        self.open(min(WARM, len(self.crowd.keys)))
        self.announce()
        self.said.clear()
        self.opening.clear()
        self.own_cpu = 0
        self.close()

    def __str__(self) -> str:
        rounds = len(self.waits)
        return (
            f"{self.name}: {len(self.crowd.keys):,} pages, ready in {self.opening[0]:.2f} s; the last gets "
            f"an entry after {statistics.median(self.waits):.0f} ms, for {self.cpu / rounds:.0f} ms of the "
            f"server's CPU and {self.own_cpu / rounds:.0f} ms of the client's; "
            f"{self.kilobytes:.1f} kB a page; {self.faults} faults"
        )


class Stock(Kith):
    """The same pages on stock Channels. Each page is in one group for each stream that its person follows."""

    name = "Stock"
    ready = b""

    def __init__(self, server: Server, crowd: Crowd, streams: int) -> None:
        super().__init__(server, crowd)
        self.streams = streams
        self.runner = asyncio.Runner()
        self.layer = RedisPubSubChannelLayer(hosts=[settings.CHANNELS_REDIS_URL])

    def socket(self, place: int) -> Socket:
        path = f"/live?first={place * 7}&number={self.streams}"
        return Socket(self.server.port, self.crowd.keys[place], path)

    def hello(self) -> bytes:
        return b""

    def publish(self, activity: Activity) -> None:
        [entry, *_] = announcements.messages_of([activity])
        event = {"type": "entry", "frame": json.loads(entry.frame)}
        self.runner.run(self.layer.group_send(stock.SHARED, event))


def settle(sockets: Sockets, server: Server, seconds: float = 60) -> None:
    """Read until the server uses no more CPU."""
    deadline = time.perf_counter() + seconds
    before = -100.0
    while (now := server.cpu()) - before > 10 and time.perf_counter() < deadline:
        before = now
        sockets.linger(0.4)
