"""Every route, socket, message, task and receiver is in the table of reading rights."""

from __future__ import annotations

import gc
import re
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.dispatch import Signal
from django.urls import get_resolver

from network.celery import app
from realtime.routing import WEBSOCKETS
from tests.support.access import (
    FRAMES,
    MESSAGES,
    RECEIVERS,
    REQUESTS,
    ROUTES,
    ROUTES_OF_OTHERS,
    SOCKETS,
    TASKS,
)

ROOT = Path(__file__).parent.parent
ROOMS = ("network.", "feeds.", "realtime.", "safety.")


def routes(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[str]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else prefix)
        else:
            yield f"{prefix}{pattern.name}"


class TestTable:
    def test_has_every_route_and_no_other(self):
        ours = {name for name in routes() if not name.startswith(tuple(ROUTES_OF_OTHERS))}
        assert ours == set(ROUTES)

    def test_has_every_socket(self):
        assert {path.removeprefix("/") for path in WEBSOCKETS} == set(SOCKETS)

    def test_has_every_message_and_frame(self):
        code = "\n".join(path.read_text() for path in (ROOT / "realtime").rglob("*.py"))
        assert set(re.findall(r'Message\(\s*"(\w+)"', code)) == set(MESSAGES)
        assert set(re.findall(r'frame\(\s*"(\w+)"', code)) == set(FRAMES)
        asked = (ROOT / "realtime" / "protocol" / "client_messages.py").read_text()
        assert set(re.findall(r'case "(\w+)"', asked)) == set(REQUESTS)

    def test_has_every_task(self, db):  # Celery lets Django check the models, some by a query
        app.loader.import_default_modules()
        assert {name for name in app.tasks if name.startswith(ROOMS)} == set(TASKS)

    def test_has_every_receiver(self):
        found = set()
        for signal in [one for one in gc.get_objects() if issubclass(type(one), Signal)]:
            for _key, reference, *_rest in signal.receivers:
                receiver = reference() if isinstance(reference, weakref.ref) else reference
                name = f"{getattr(receiver, '__module__', '')}.{getattr(receiver, '__qualname__', '')}"
                if name.startswith(ROOMS):
                    found.add(name)
        assert found == set(RECEIVERS)


def test_a_route_that_is_not_in_the_table_is_found():
    with mock.patch.dict(ROUTES):
        del ROUTES["saved"]
        with pytest.raises(AssertionError):
            TestTable().test_has_every_route_and_no_other()
