"""Back-pressure: whether a socket takes more at the moment."""

from __future__ import annotations

from collections.abc import Callable


class Flow:
    """Whether a socket takes more at the moment: a push producer, as Twisted's transports know them."""

    __slots__ = ("drained", "is_paused")

    def __init__(self) -> None:
        self.is_paused = False
        self.drained: Callable[[], None] = lambda: None

    def pauseProducing(self) -> None:  # noqa: N802
        self.is_paused = True

    def resumeProducing(self) -> None:  # noqa: N802
        self.is_paused = False
        self.drained()

    def stopProducing(self) -> None:  # noqa: N802
        self.is_paused = True
