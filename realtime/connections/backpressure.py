"""Backpressure: whether a socket takes more at the moment, and the short way to it."""

from __future__ import annotations

from collections.abc import Callable


class Flow:
    """Whether a socket takes more at the moment: a push producer, as Twisted's transports know them.

    `write` sends a text the short way; False, and nothing is sent, where there is none.
    """

    __slots__ = ("is_paused", "waiting", "write")

    def __init__(self, write: Callable[[str], bool] = lambda text: False) -> None:
        self.is_paused = False
        self.waiting: list[Callable[[], None]] = []  # who is called when it has drained
        self.write = write

    def pauseProducing(self) -> None:  # noqa: N802
        self.is_paused = True

    def resumeProducing(self) -> None:  # noqa: N802
        self.is_paused = False
        waiting, self.waiting = self.waiting, []
        for go_on in waiting:
            go_on()

    def stopProducing(self) -> None:  # noqa: N802
        self.is_paused = True
