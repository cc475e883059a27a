"""`/live`: the websocket of one page, or of several that share it. docs/live.md has the protocol.

A plain ASGI application: Channels' consumers start a second task for each websocket (2 kB) and go to a thread
and back for each message.
"""

from __future__ import annotations

import logging
import time

from realtime.connections.backpressure import SendQueue
from realtime.connections.registry import Connection
from realtime.endpoints.connecting import Receive, Scope, Send, SendText, connection_for, process_switchboard
from realtime.hub.switchboard import Switchboard
from realtime.protocol import client_messages, messages
from realtime.protocol.client_messages import Leave, NotUnderstood, Ping, Watch, Writing
from realtime.protocol.close_codes import Close
from realtime.protocol.places import NOWHERE

log = logging.getLogger(__name__)

MESSAGES_A_SECOND = 20
PAGES = 15  # that share a websocket; all may speak at once when they return
PONG = messages.frame("pong")


async def live(scope: Scope, receive: Receive, send: Send, *, switchboard: Switchboard | None = None) -> None:
    """An ASGI application, with the key of a session in its scope."""
    websocket = LiveWebsocket(scope, send, switchboard or process_switchboard())
    try:
        while (event := await receive())["type"] != "websocket.disconnect":
            if event["type"] == "websocket.connect":
                await websocket.connect(scope)
            else:
                await websocket.receive(event.get("text"))
    finally:
        websocket.end()


class LiveWebsocket:
    """One websocket. `pages` holds a connection of the switchboard for each page, by the page's name."""

    __slots__ = ("allowance", "client", "pages", "received_at", "switchboard", "write_buffer")

    def __init__(self, scope: Scope, send: Send, switchboard: Switchboard) -> None:
        self.client = scope.get("client")
        self.switchboard = switchboard
        self.write_buffer = scope.get("write_buffer") or SendQueue(send)
        self.pages: dict[str, Connection] = {}
        self.allowance = float(MESSAGES_A_SECOND)
        self.received_at = time.monotonic()

    async def connect(self, scope: Scope) -> None:
        self.write_buffer.put({"type": "websocket.accept"})
        connection = await connection_for(scope, self.switchboard, self.write_buffer, self.send, self.close)
        if self.switchboard.is_ending:
            await self.close(Close.ENDING)
        elif self.switchboard.add(connection):
            self.pages[""] = connection
        else:
            await self.close(Close.TOO_MANY_SOCKETS)

    async def send(self, text: str) -> None:
        """Send a frame; nothing after the end."""
        if self.pages:
            self.write_buffer.put({"type": "websocket.send", "text": text})

    async def receive(self, text: str | None) -> None:
        """Do what a page asks for; None stands for bytes, which no page sends."""
        if not self.pages:
            return  # it is being closed
        if not self._is_within_rate():
            await self._refuse(Close.TOO_FAST, "too many messages")
            return
        try:
            message = client_messages.parse(text)
        except NotUnderstood as error:
            await self._refuse(Close.NOT_UNDERSTOOD, str(error))
            return
        match message:
            case Watch():
                await self._watch(message)
            case Leave(page) if page in self.pages:
                self._leave(page)
            case Writing(page) if page in self.pages:
                self.switchboard.note_writing(self.pages[page])
            case Ping():
                await self.send(PONG)

    async def _watch(self, message: Watch) -> None:
        connection = self._page(message.page)
        if connection is None:
            await self._refuse(Close.TOO_MANY_SOCKETS, "too many pages")
        elif not message.is_for(connection.person):
            await self.close(Close.NOT_YOURS)
        else:
            self.switchboard.watch(connection, message.place, message.threads, message.since)

    def _page(self, name: str) -> Connection | None:
        """The page of that name, which may be new; None if there are too many."""
        if name in self.pages:
            return self.pages[name]
        if len(self.pages) >= PAGES:
            return None
        first = self.pages.pop("", None)  # it has no name yet
        if first is None:
            other = next(iter(self.pages.values()))
            first = Connection(self.send, self.close, other.person, other.session, other.write_buffer)
            self.switchboard.add(first)
        first.send = for_page(name, self.send)
        self.pages[name] = first
        return first

    def _leave(self, name: str) -> None:
        """Forget a page. The last one stays, without a name, and stands for the websocket."""
        connection = self.pages.pop(name)
        if self.pages:
            self.switchboard.remove(connection)
        else:
            connection.send = self.send
            self.pages[""] = connection
            self.switchboard.watch(connection, NOWHERE, frozenset(), 0)

    async def close(self, code: int) -> None:
        """Close with a code; nothing is sent or received after this."""
        self._remove_pages()
        # autobahn takes an int, but no IntEnum
        self.write_buffer.put({"type": "websocket.close", "code": int(code)})

    def end(self) -> None:
        """The websocket is closed, or its task is cancelled."""
        self._remove_pages()
        self.write_buffer.close()

    def _remove_pages(self) -> None:
        for connection in self.pages.values():
            self.switchboard.remove(connection)
        self.pages.clear()

    async def _refuse(self, code: Close, why: str) -> None:
        log.warning("Closing the socket of %s with %d: %s", self.client, code, why)
        await self.close(code)

    def _is_within_rate(self) -> bool:
        """A token bucket of MESSAGES_A_SECOND that fills in a second."""
        now = time.monotonic()
        gained = (now - self.received_at) * MESSAGES_A_SECOND
        self.allowance = min(MESSAGES_A_SECOND, self.allowance + gained)
        self.received_at = now
        self.allowance -= 1
        return self.allowance >= 0


def for_page(name: str, send: SendText) -> SendText:
    """Send frames that name the page for which they are."""
    if not name:
        return send
    head = f'{{"page":"{name}",'
    return lambda text: send(head + text[1:])
