"""From sending a POST to the open page of a follower: the person with most followers, real processes.

KITH_GRAPH names the edge list; without it, one person with 1,045 followers. Beside it stands the time to the
answer of the POST itself: what a page could not be faster than if the announcement waited for the answer.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import secrets
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import django

from bench import Case, Report
from bench.running import kith, manage, start_worker
from commands.processes import Processes

FOLLOWERS = 1045
TIMES = 20


def main(report: Report) -> None:
    times = TIMES // 4 if report.quick else TIMES
    with kith() as (processes, folder):
        manage("import_graph", os.environ.get("KITH_GRAPH") or str(star(folder)))
        django.setup()
        author, follower, followers = people()
        start_worker(processes, folder)
        port = start_server(processes)
        page = Page(port, session(follower), author)
        posts, arrivals = [], []
        for number in range(times):
            answered, arrived = once(port, session(author), page, number)
            posts.append(answered)
            arrivals.append(arrived)
        report.note(f"{followers:,} followers; {times} posts, one after the other")
        report.add(Case("latency.page", "ms", arrivals, "the answer to the POST", posts))


def star(folder: Path) -> Path:
    path = folder / "star.txt"
    path.write_text("".join(f"0 {number}\n" for number in range(1, FOLLOWERS + 1)))
    return path


def people() -> tuple[Any, Any, int]:
    """Who has most followers, one of them, and how many they are; both can sign in."""
    from network.models import Follow, Person, User

    author = Person.objects.order_by("-stream__followers_count").select_related("stream")[0]
    follower = Follow.objects.filter(stream=author.pk).latest("follower").follower
    for person in (author, follower):
        person.user = User.objects.create_user(person.handle)
        person.save(update_fields=["user"])
    return author, follower, author.stream.followers_count


def session(person: Any) -> str:
    """The key of a session of theirs."""
    from django.test import Client

    client = Client()
    client.force_login(person.user)
    return client.cookies["sessionid"].value


def start_server(processes: Processes) -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    manage("collectstatic", "--noinput", "--verbosity", "0")
    command = [sys.executable, "-m", "realtime.server"]
    processes.start("The web server", command, {"HOST": "127.0.0.1", "PORT": str(port)})
    processes.wait_until(lambda: answers(port), "The web server")
    return port


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


class Page:
    """The home of a follower, open: when each entry of an author arrives there."""

    def __init__(self, port: int, key: str, author: Any) -> None:
        from tests.realtime.sockets import Socket

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
    """Milliseconds from sending a post to its answer, and to the page."""
    token = secrets.token_hex(16)
    body = urlencode(
        {
            "csrfmiddlewaretoken": token,
            "text": f"What the tide left behind, part {number}.",
            "place": "public",
            "key": secrets.token_hex(8),
        }
    )
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"sessionid={key}; csrftoken={token}",
    }
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    page.arrived.clear()
    sent = time.perf_counter()
    connection.request("POST", "/posts", body, headers)
    answer = connection.getresponse()
    answered = time.perf_counter()
    if answer.status != 303 or not page.arrived.wait(10):
        raise RuntimeError(f"The post was answered with {answer.status}, and did not arrive.")
    connection.close()
    return (answered - sent) * 1000, (page.at - sent) * 1000
