"""Latency of a post with real processes: to an open page, and to the last of 10,000 or 100,000 timelines.

KITH_GRAPH names the edge list for the open page; without it, one person has 1,045 followers. The baseline of
this case is the time to the response of the POST: no page could be faster if the announcement waited for it.
The baseline of the timelines is redis-py's pipeline of ZADD into as many sorted sets, without database and
queue. A note gives the time of a client that only writes packed LPUSHX commands.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import secrets
import statistics
import threading
import time
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import django

from bench import Case, Report
from bench.support.running import again, kith, manage, serve, start_worker
from commands.processes import Processes

FOLLOWERS = 1045
TIMES = 20
ZSETS = 10_000  # and lists, with as many entries each as a timeline; more would only take memory


def main(report: Report) -> None:
    number = os.environ.get("KITH_BENCH_FOLLOWERS")
    if number is not None:
        with kith(on_postgresql=True) as (processes, folder):
            django.setup()
            measure_timelines(report, processes, folder, int(number))
        return
    with kith() as (processes, folder):
        manage("import_graph", os.environ.get("KITH_GRAPH") or str(star(folder)))
        django.setup()
        measure_page(report, processes, folder)
    for followers in (10_000, 100_000):
        # A process can use one database only, so each size has its own process.
        size = str(followers // 10 if report.quick else followers)
        again(report, "latency", {"KITH_BENCH_FOLLOWERS": size})


def measure_page(report: Report, processes: Processes, folder: Path) -> None:
    author, follower, followers = people()
    start_worker(processes, folder)
    port = serve(processes).port
    page = Page(port, session(follower), author)
    posts, arrivals = [], []
    for number in range(TIMES // 4 if report.quick else TIMES):
        answered, arrived = once(port, session(author), page, number)
        posts.append(answered)
        arrivals.append(arrived)
    report.note(f"{followers:,} followers; {len(posts)} posts, one after the other")
    report.add(Case("latency.page", "ms", arrivals, "the answer to the POST", posts))


def measure_timelines(report: Report, processes: Processes, folder: Path, followers: int) -> None:
    """Measure the time from a POST until the post is in all timelines."""
    from bench.baselines import lists
    from bench.support.full import Town, is_pending
    from feeds.timelines import shards, store

    town = Town(followers)
    zsets = lists.fill_zsets(shards.client(), min(followers, ZSETS), store.KEPT)
    raw = lists.fill_lists(shards.client(), min(followers, ZSETS), store.KEPT)
    town.let_sign_in()
    key = session(town.author)
    start_worker(processes, folder)
    port = serve(processes).port

    def ours() -> float:
        started = time.perf_counter()
        post = send(port, key, f"Low water at {time.time()}.")
        while is_pending([post]):
            # Polling takes CPU from the workers. So the pause grows with the time, and the error is up to 2%.
            time.sleep(0.002 + (time.perf_counter() - started) / 50)
        return time.perf_counter() - started

    ours()
    report.note(f"{followers:,} followers, each with {store.KEPT} entries; PostgreSQL, 2 worker processes")
    report.compare(
        f"latency.{followers // 1000}k",
        ours,
        lambda: followers / lists.add(shards.client(), zsets, followers),
        unit="s",
        baseline="the pipeline of ZADD alone",
        at_most=1,
    )
    least = statistics.median(followers / lists.push(raw, followers // len(raw[1])) for _ in range(5))
    report.note(f"packed LPUSHX alone, as often into {len(raw[1]):,} lists: {least:.2f} s")
    if wrong := town.wrong():
        report.note(f"{wrong} of 1,000 timelines are wrong.")
        report.holds = False


def star(folder: Path) -> Path:
    path = folder / "star.txt"
    path.write_text("".join(f"0 {number}\n" for number in range(1, FOLLOWERS + 1)))
    return path


def people() -> tuple[Any, Any, int]:
    """The person with most followers, one of these followers, and their number. Both people can sign in."""
    from network.models import Follow, Person, User

    author = Person.objects.order_by("-stream__followers_count").select_related("stream")[0]
    follower = Follow.objects.filter(stream=author.pk).latest("follower").follower
    for person in (author, follower):
        person.user = User.objects.create_user(person.handle)
        person.save(update_fields=["user"])
    return author, follower, author.stream.followers_count


def session(person: Any) -> str:
    """Create a session of a person, and return its key."""
    from django.test import Client

    client = Client()
    client.force_login(person.user)
    return client.cookies["sessionid"].value


class Page:
    """The open home of a follower. It records when each entry of an author arrives."""

    def __init__(self, port: int, key: str, author: Any) -> None:
        from tests.support.realtime.sockets import Socket

        self.socket = Socket(port, key, f"http://127.0.0.1:{port}", 0).watch("home")
        self.socket.next("ready")
        self.author = str(author.pk)
        self.arrived = threading.Event()
        self.at = 0.0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with contextlib.suppress(ValueError):  # the server ends before the page does
            for frame in self.socket.frames():
                if frame["type"] == "entry" and frame["actor"] == self.author:
                    self.at = time.perf_counter()
                    self.arrived.set()


def once(port: int, key: str, page: Page, number: int) -> tuple[float, float]:
    """Send a post. Returns the milliseconds to its response, and to the page."""
    page.arrived.clear()
    made_for(port, key)
    sent = time.perf_counter()
    send(port, key, f"What the tide left behind, part {number}.")
    answered = time.perf_counter()
    if not page.arrived.wait(10):
        raise RuntimeError("The post did not arrive.")
    return (answered - sent) * 1000, (page.at - sent) * 1000


@cache
def made_for(port: int, key: str) -> str:
    """The signed destination in the form of the composer page, for the person of this session."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/posts/new", headers={"Cookie": f"sessionid={key}"})
    page = connection.getresponse().read().decode()
    connection.close()
    return page.partition('name="destination" value="')[2].partition('"')[0]


def send(port: int, key: str, text: str) -> int:
    """Publish a post by a form. Returns its id after the response."""
    token = secrets.token_hex(16)
    fields = {
        "csrfmiddlewaretoken": token,
        "destination": made_for(port, key),
        "text": text,
        "place": "public",
        "key": secrets.token_hex(8),
    }
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"sessionid={key}; csrftoken={token}",
    }
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("POST", "/posts", urlencode(fields), headers)
    answer = connection.getresponse()
    connection.close()
    found = re.search(r"\d+", answer.headers.get("Location", ""))
    if answer.status != 303 or found is None:
        raise RuntimeError(f"The post was answered with {answer.status}.")
    return int(found[0])
