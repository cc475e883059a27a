"""Back-pressure: whether a socket takes more at the moment."""

from __future__ import annotations

from collections.abc import Callable

EVENTS = "/live/events"  # the one request whose answer does not end


class Flow:
    """Whether a socket takes more at the moment: a push producer, as Twisted's transports know them."""

    __slots__ = ("is_paused", "waiting")

    def __init__(self) -> None:
        self.is_paused = False
        self.waiting: list[Callable[[], None]] = []  # who is called when it has drained

    def pauseProducing(self) -> None:  # noqa: N802
        self.is_paused = True

    def resumeProducing(self) -> None:  # noqa: N802
        self.is_paused = False
        waiting, self.waiting = self.waiting, []
        for go_on in waiting:
            go_on()

    def stopProducing(self) -> None:  # noqa: N802
        self.is_paused = True
