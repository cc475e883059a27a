"""What websockets and event streams share: the process's switchboard, and the connection of a session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from functools import cache
from typing import Any

from realtime.connections.backpressure import WriteBuffer
from realtime.connections.registry import Connection
from realtime.hub.switchboard import Switchboard

Scope = dict[str, Any]
Event = dict[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
SendText = Callable[[str], Awaitable[None]]


@cache
def process_switchboard() -> Switchboard:
    return Switchboard()


async def connection_for(
    scope: Scope,
    switchboard: Switchboard,
    write_buffer: WriteBuffer,
    send: SendText,
    close: Callable[[int], Coroutine[Any, Any, None]],
) -> Connection:
    """The connection of the person to whom `scope["session_key"]` belongs, or of nobody."""
    key = scope["session_key"]
    person = await switchboard.person_of(key) if key else None
    return Connection(send, close, person, key if person else "", write_buffer)
