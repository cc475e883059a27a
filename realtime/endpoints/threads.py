"""The threads of pages. Few compute at the same time, and those that wait let others begin.

Threads of Python that compute at the same time pass the interpreter to one another at each row of a result.
With four such threads a home on SQLite takes a third more CPU than with one. But a single thread would make
all pages wait while one of them waits for the lock of the database. So writes, which wait for it, do not
count.
"""

from __future__ import annotations

import atexit
import time
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Lock, Semaphore, Thread
from typing import Any, TypeVar

T = TypeVar("T")

LONG = 0.05  # seconds; a home takes 15 ms


class Job:
    """A call for a thread. It holds one of the places of `Threads` until it has ended or has taken LONG.

    A call that `may_wait` for others holds none.
    """

    def __init__(self, call: Callable[[], Any], *, may_wait: bool) -> None:
        self.future: Future[Any] = Future()
        self.began = 0.0
        self.may_wait = may_wait
        self._call = call
        self._given = Lock()

    def run(self) -> None:
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            self.future.set_result(self._call())
        except BaseException as error:  # it is raised where the result is awaited
            self.future.set_exception(error)

    def gives_place(self) -> bool:
        """Whether the caller gets the place of this job. True once."""
        return self._given.acquire(blocking=False)


class Threads:
    """`most` threads. The next call begins while fewer than `at_once` have been running for less than LONG.

    `relieve` must be called every LONG seconds while there are calls.
    """

    def __init__(self, most: int, at_once: int) -> None:
        self.most = most
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._running: dict[Job, None] = {}
        self._places = Semaphore(at_once)
        self._threads: list[Thread] = []

    def submit(self, call: Callable[[], T], *, may_wait: bool = False) -> Future[T]:
        if not self._threads:
            self._start()
        job = Job(call, may_wait=may_wait)
        self._jobs.put(job)
        return job.future

    def relieve(self) -> None:
        """Let another call begin beside each that has taken LONG."""
        late = time.monotonic() - LONG
        for job in tuple(self._running):
            if job.began < late and job.gives_place():
                self._places.release()

    def end(self) -> None:
        """Wait until all calls have ended, and end the threads."""
        for _thread in self._threads:
            self._jobs.put(None)
            self._places.release()
        for thread in self._threads:
            thread.join()

    def _start(self) -> None:
        names = (f"page-{number}" for number in range(self.most))
        self._threads = [Thread(target=self._work, name=name, daemon=True) for name in names]
        for thread in self._threads:
            thread.start()
        atexit.register(self.end)

    def _work(self) -> None:
        has_place = False
        while True:
            # A thread that has a place keeps it for the next call, whose data its connection may still hold.
            has_place = has_place or self._places.acquire()
            job = self._jobs.get()
            if job is None:
                return
            job.began = time.monotonic()
            self._running[job] = None
            if job.may_wait and job.gives_place():
                self._places.release()
            job.run()
            del self._running[job]
            has_place = job.gives_place()
