"""A mail server for tests: real SMTP on the loopback interface. It keeps and parses each mail."""

from __future__ import annotations

import asyncio
import email
import email.policy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"


class Sink:
    """The received mails in order, raw and parsed. `says` is the server's answer to a mail."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.raw: list[bytes] = []
        self.to: list[str] = []
        self.says = "250 OK"
        self.stalls = False  # it accepts a mail, and does not answer

    @property
    def letters(self) -> list[EmailMessage]:
        parsed = [email.message_from_bytes(raw, policy=email.policy.default) for raw in self.raw]
        assert not any(part.defects for letter in parsed for part in letter.walk())
        return parsed  # type: ignore[return-value]

    def addressed(self) -> list[tuple[str, str]]:
        """The name and address in the To header of each mail.

        The older parser decodes it. The newer one of Python 3.11 adds a space where a long name is folded.
        """
        named = [parseaddr(email.message_from_bytes(raw)["To"]) for raw in self.raw]
        return [(str(make_header(decode_header(name))), address) for name, address in named]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.says.startswith("2"):
            assert isinstance(envelope.original_content, bytes)
            self.raw.append(envelope.original_content)
            self.to += envelope.rcpt_tos
        while self.stalls:
            await asyncio.sleep(0.01)
        return self.says


@contextmanager
def listening(sink: Sink) -> Iterator[Sink]:
    controller = Controller(sink, hostname=HOST, port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
