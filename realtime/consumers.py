"""The websocket of a page: who reads, what they ask for, and how often. The switchboard does the rest."""

from __future__ import annotations

import logging
import time
from functools import cache
from typing import Any

from channels.consumer import get_handler_name
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from network.models import Person
from realtime import requests
from realtime.closing import Close
from realtime.flow import Flow
from realtime.readers import Reader
from realtime.requests import NotUnderstood
from realtime.switchboard import Switchboard

log = logging.getLogger(__name__)

MESSAGES_A_SECOND = 20


@cache
def of_this_process() -> Switchboard:
    return Switchboard()


class LiveConsumer(AsyncWebsocketConsumer):
    """`/live`: docs/live.md says what passes here."""

    def __init__(self, switchboard: Switchboard | None = None) -> None:
        super().__init__()
        self.switchboard = switchboard or of_this_process()
        self.reader: Reader | None = None
        self.allowance = float(MESSAGES_A_SECOND)
        self.heard_at = time.monotonic()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Channels' own goes to a thread and back for each message, to close old database connections."""
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        await self.accept()
        user = self.scope.get("user")
        person = None
        if user is not None and user.is_authenticated:
            person = await database_sync_to_async(_person_of)(user.pk)
        reader = Reader(
            self.send,
            self.close,
            person,
            self.scope["session"].session_key or "" if person else "",
            self.scope.get("flow") or Flow(),
        )
        if self.switchboard.add(reader):
            self.reader = reader
        else:
            await self.close(Close.TOO_MANY_SOCKETS)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        reader = self.reader
        if reader is None:
            return
        if not self._may_ask():
            await self._refuse(Close.TOO_FAST, "too many messages")
            return
        try:
            asked = requests.parse(text_data)
        except NotUnderstood as error:
            await self._refuse(Close.NOT_UNDERSTOOD, str(error))
            return
        if reader.person is None and asked.place.kind in requests.OWN:
            await self.close(Close.SIGN_IN)
            return
        self.switchboard.watch(reader, asked.place, asked.threads, asked.since)

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Close; nothing is sent or heard after this. An IntEnum is not number enough for autobahn."""
        self._let_go()
        await super().close(None if code is None else int(code), reason)

    async def disconnect(self, code: int) -> None:
        self._let_go()

    def _let_go(self) -> None:
        if self.reader is not None:
            self.switchboard.remove(self.reader)
            self.reader = None

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


def _person_of(user_id: int) -> int | None:
    return Person.objects.filter(user=user_id).values_list("pk", flat=True).first()
