"""Pages by Django, in a few threads that keep their connections to the database.

Django's ASGI handler starts a thread for each request. A new thread opens a connection of its own, and SQLite
then reads its schema and compiles every statement again: that took a third of the CPU of a home. Here
Django's WSGI handler runs in a pool of threads, and an ordinary request takes a thread once.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine, Iterator
from contextvars import copy_context
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from wsgiref.util import FileWrapper

from django.conf import settings

from realtime.endpoints.threads import LONG, Threads

Message = dict[str, Any]

SAFE = ("GET", "HEAD", "OPTIONS")
BLOCK = 64 * 1024  # bytes of a response that are sent at once
UNPREFIXED = {"content-length": "CONTENT_LENGTH", "content-type": "CONTENT_TYPE"}  # PEP 3333


class Pages:
    """An ASGI application for HTTP that runs a WSGI application in threads.

    A request takes a thread when all of it is read, and a thread never waits for a client that reads slowly.
    A request is dropped when its client goes, if there were more requests than threads when it came. A view
    that runs is not called off.
    """

    def __init__(self, application: Any, threads: Threads) -> None:
        self.application = application
        self.threads = threads
        self.running = 0  # requests that have a thread, or wait for one

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        with SpooledTemporaryFile(settings.FILE_UPLOAD_MAX_MEMORY_SIZE) as body:
            if not await read(receive, body):
                return
            blocks, more = self._blocks(environ(scope, body)), True
            may_wait = scope["method"] not in SAFE  # for the lock of the database
            while more:
                messages = await self._next(blocks, receive, may_wait=may_wait)
                for message in messages:
                    await send(message)
                more = bool(messages) and messages[-1].get("more_body", False)

    async def _next(self, blocks: Iterator[list[Message]], receive: Any, *, may_wait: bool) -> list[Message]:
        """The next messages of a response; none if the client went before there was a thread."""
        # Language, zone and the like are variables of a context, and end with it.
        work = self.threads.submit(partial(copy_context().run, next, blocks), may_wait=may_wait)
        job = asyncio.wrap_future(work)
        if not self.running:
            self._watch()
        self.running += 1
        try:
            if self.running > self.threads.most and await is_first(receive(), job) and work.cancel():
                return []
            return await job
        finally:
            self.running -= 1
            if not self.running:
                self.timer.cancel()

    def _watch(self) -> None:
        self.threads.relieve()
        self.timer = asyncio.get_running_loop().call_later(LONG, self._watch)

    def _blocks(self, environ: dict[str, Any]) -> Iterator[list[Message]]:
        """The ASGI messages of a response: its start with the first block, then each other block."""
        messages: list[Message] = []

        def start_response(status: str, headers: list[tuple[str, str]], _exc_info: object = None) -> None:
            code = int(status.split(" ", 1)[0])
            # Django puts a space before a cookie, which servers may refuse.
            raw = [(name.lower().encode("latin-1"), text.strip().encode("latin-1")) for name, text in headers]
            messages.append({"type": "http.response.start", "status": code, "headers": raw})

        response = self.application(environ, start_response)
        try:
            block = b""
            for chunk in response:
                block += chunk
                if len(block) >= BLOCK:
                    yield [*messages, {"type": "http.response.body", "body": block, "more_body": True}]
                    messages, block = [], b""
        finally:
            response.close()
        yield [*messages, {"type": "http.response.body", "body": block}]


async def is_first(event: Coroutine[Any, Any, Any], job: asyncio.Future[Any]) -> bool:
    """Whether something happens before a job is done. Waits for one of the two."""
    task = asyncio.ensure_future(event)
    try:
        await asyncio.wait((task, job), return_when=asyncio.FIRST_COMPLETED)
        return not job.done()
    finally:
        task.cancel()


async def read(receive: Any, body: IO[bytes]) -> bool:
    """Read all of a request into a file. False if its client has gone before the end."""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return False
        body.write(message.get("body", b""))
        more = message.get("more_body", False)
    return True


def environ(scope: Message, body: IO[bytes]) -> dict[str, Any]:
    """The environment of a request whose body was read (PEP 3333).

    A header with an underscore in its name is left out, because it could pose as another one: Django does so
    too. The length is what was read: a body in chunks has no header that says it.
    """
    found: dict[str, Any] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if "_" not in name:
            key = UNPREFIXED.get(name) or "HTTP_" + name.upper().replace("-", "_")
            separator = "; " if name == "cookie" else ","
            found[key] = f"{found[key]}{separator}{value}" if key in found else value
    if scope.get("client"):
        found["REMOTE_ADDR"] = scope["client"][0]
    host, port = scope.get("server") or ("localhost", 80)
    length = body.tell()
    body.seek(0)
    return found | {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": scope["root_path"],
        "PATH_INFO": scope["path"].removeprefix(scope["root_path"]).encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "CONTENT_LENGTH": str(length),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": lambda file, _size: FileWrapper(file, BLOCK),
    }
