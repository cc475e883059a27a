"""Hand the live pages of a process over to the others when it is asked to end, on any ASGI server.

ASGI's `lifespan.shutdown` comes too late: a server sends it after it has closed all connections, and daphne
never sends it. So SIGTERM is caught. All pages are closed with 4503, at which they connect again; then the
server gets the signal, and ends as it would have.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from realtime.endpoints.connecting import Receive, Scope, Send
from realtime.hub.switchboard import Switchboard

FAREWELL_TIMEOUT = 2.0  # seconds; a client that does not read may take longer

log = logging.getLogger(__name__)

Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class HandOver:
    """An ASGI middleware. It also answers `lifespan`: at its end the switchboard is closed."""

    def __init__(self, inside: Application, switchboard: Callable[[], Switchboard]) -> None:
        self.inside = inside
        self.switchboard = switchboard
        self._is_installed = False
        self._ending: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._is_installed:
            self._is_installed = True
            self._catch_sigterm()
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        else:
            await self.inside(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await self._close_pages()
        await self.switchboard().close()
        await send({"type": "lifespan.shutdown.complete"})

    def _catch_sigterm(self) -> None:
        """Called in the event loop, when the server has installed its own handler."""
        servers_own = signal.getsignal(signal.SIGTERM)
        if servers_own is None or threading.current_thread() is not threading.main_thread():
            return  # Python allows no handler here: the server ends without a hand-over
        loop = asyncio.get_running_loop()

        def hand_over(*_signal: Any) -> None:
            signal.signal(signal.SIGTERM, servers_own)  # a second SIGTERM is the server's
            loop.call_soon_threadsafe(begin)

        def begin() -> None:
            self._ending = loop.create_task(self._hand_over())

        signal.signal(signal.SIGTERM, hand_over)

    async def _hand_over(self) -> None:
        try:
            await self._close_pages()
        except Exception:
            log.exception("Pages could not be handed over.")
        signal.raise_signal(signal.SIGTERM)

    async def _close_pages(self) -> None:
        """Close all pages, and wait until the server has got what closes them."""
        switchboard = self.switchboard()
        buffers = {connection.write_buffer for connection in switchboard.connections}
        await switchboard.hand_over()
        with suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_TIMEOUT):
                while any(switchboard.connections):
                    await asyncio.sleep(0.01)
                for buffer in buffers:
                    await buffer.drained(FAREWELL_TIMEOUT)
