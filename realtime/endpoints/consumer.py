"""The websocket of one page or of several: who reads, what they ask for, and how often.

The switchboard does the rest.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from functools import cache
from typing import Any

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer

from realtime.connections.backpressure import WriteBuffer
from realtime.connections.registry import Connection
from realtime.hub.switchboard import Switchboard
from realtime.protocol import client_messages, messages
from realtime.protocol.client_messages import Leave, NotUnderstood, Ping, Watch, Writing
from realtime.protocol.close_codes import Close
from realtime.protocol.places import NOWHERE

log = logging.getLogger(__name__)

MESSAGES_A_SECOND = 20
PAGES = 15  # that share a socket; all may speak at once when they come back
PONG = messages.frame("pong")

Send = Callable[[str], Awaitable[None]]


@cache
def process_switchboard() -> Switchboard:
    return Switchboard()


class LiveConsumer(AsyncWebsocketConsumer):
    """`/live`: docs/live.md says what passes here."""

    def __init__(self, switchboard: Switchboard | None = None) -> None:
        super().__init__()
        self.switchboard = switchboard or process_switchboard()
        self.pages: dict[str, Connection] = {}
        self.write_buffer = WriteBuffer()
        self.allowance = float(MESSAGES_A_SECOND)
        self.heard_at = time.monotonic()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Channels' own has a second task wait for what comes: two kB a socket."""
        self.scope, self.base_send = scope, send
        with suppress(StopConsumer):
            while True:
                await self.dispatch(await receive())

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Channels' own goes to a thread and back for each message, to close old database connections."""
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def connect(self) -> None:
        await self.accept()
        self.write_buffer = self.scope.get("write_buffer") or self.write_buffer
        connection = await connection_for(
            self.scope, self.switchboard, self.write_buffer, self.tell, self.close
        )
        if self.switchboard.add(connection):
            self.pages[""] = connection
        else:
            await self.close(Close.TOO_MANY_SOCKETS)

    async def tell(self, text: str) -> None:
        """Send a frame, the short way where there is one."""
        if not self.write_buffer.write(text):
            await self.send(text)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self.pages:
            return
        if not self._may_ask():
            await self._refuse(Close.TOO_FAST, "too many messages")
            return
        try:
            said = client_messages.parse(text_data)
        except NotUnderstood as error:
            await self._refuse(Close.NOT_UNDERSTOOD, str(error))
            return
        match said:
            case Watch():
                await self._watch(said)
            case Leave(page) if page in self.pages:
                self._leave(page)
            case Writing(page) if page in self.pages:
                self.switchboard.note_writing(self.pages[page])
            case Ping():
                await self.tell(PONG)

    async def _watch(self, said: Watch) -> None:
        connection = self._page(said.page)
        if connection is None:
            await self._refuse(Close.TOO_MANY_SOCKETS, "too many pages")
        elif not said.is_for(connection.person):
            await self.close(Close.NOT_YOURS)
        else:
            self.switchboard.watch(connection, said.place, said.threads, said.since)

    def _page(self, name: str) -> Connection | None:
        """The page of that name: known, or new; None where there are too many."""
        if name in self.pages:
            return self.pages[name]
        if len(self.pages) >= PAGES:
            return None
        first = self.pages.pop("", None)  # which has no name yet
        if first is None:
            other = next(iter(self.pages.values()))
            first = Connection(self.tell, self.close, other.person, other.session, other.write_buffer)
            self.switchboard.add(first)
        first.send = naming(name, self.tell)
        self.pages[name] = first
        return first

    def _leave(self, name: str) -> None:
        """Forget a page; the last one stays, nameless, for it stands for the socket."""
        connection = self.pages.pop(name)
        if self.pages:
            self.switchboard.remove(connection)
        else:
            connection.send = self.tell
            self.pages[""] = connection
            self.switchboard.watch(connection, NOWHERE, frozenset(), 0)

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Close; nothing is sent or heard after this. An IntEnum is not number enough for autobahn."""
        self._let_go()
        await super().close(None if code is None else int(code), reason)

    async def disconnect(self, code: int) -> None:
        self._let_go()

    def _let_go(self) -> None:
        for connection in self.pages.values():
            self.switchboard.remove(connection)
        self.pages.clear()

    async def _refuse(self, code: Close, why: str) -> None:
        log.warning("Closing the socket of %s with %d: %s", self.scope.get("client"), code, why)
        await self.close(code)

    def _may_ask(self) -> bool:
        """A bucket of MESSAGES_A_SECOND that fills in a second."""
        now = time.monotonic()
        self.allowance = min(MESSAGES_A_SECOND, self.allowance + (now - self.heard_at) * MESSAGES_A_SECOND)
        self.heard_at = now
        self.allowance -= 1
        return self.allowance >= 0


async def connection_for(
    scope: dict[str, Any],
    switchboard: Switchboard,
    write_buffer: WriteBuffer,
    send: Send,
    close: Callable[[int], Coroutine[Any, Any, None]],
) -> Connection:
    """The reader of a connection, as whoever its session belongs to."""
    key = scope["session_key"]
    person = await switchboard.person_of(key) if key else None
    return Connection(send, close, person, key if person else "", write_buffer)


def naming(page: str, send: Send) -> Send:
    """Send frames that say for which page they are."""
    if not page:
        return send
    head = f'{{"page":"{page}",'
    return lambda text: send(head + text[1:])
