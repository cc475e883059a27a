"""Backpressure: whether a socket takes more at the moment, and the short way to it."""

from __future__ import annotations

from collections.abc import Callable


class WriteBuffer:
    """Whether a socket takes more at the moment: a push producer, as Twisted's transports know them.

    `write` sends a text the short way; False, and nothing is sent, where there is none.
    """

    __slots__ = ("is_full", "on_drain", "write")

    def __init__(self, write: Callable[[str], bool] = lambda text: False) -> None:
        self.is_full = False
        self.on_drain: list[Callable[[], None]] = []  # who is called when it has drained
        self.write = write

    def pauseProducing(self) -> None:  # noqa: N802
        self.is_full = True

    def resumeProducing(self) -> None:  # noqa: N802
        self.is_full = False
        on_drain, self.on_drain = self.on_drain, []
        for resume in on_drain:
            resume()

    def stopProducing(self) -> None:  # noqa: N802
        self.is_full = True
