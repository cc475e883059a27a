"""Kith uses only documented interfaces of other projects, and its requirements name every imported package."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.core.cache.backends.redis import RedisCache

from tests.support.interfaces import breaches, shared_names, underscore_names

FOLDERS = ("bench", "commands", "feeds", "network", "realtime", "safety", "samples", "tests")
RUN = ("feeds", "network", "realtime", "safety", "samples")  # the folders that bin/run needs

# All code that uses internals of daphne, Twisted and autobahn is in one folder, with its tests.
OPENED = ("realtime/server/", "tests/realtime/server/")
HERE = "tests/test_public_interfaces.py"

# Packages whose names differ from the names of their modules.
IMPORTED_AS = {
    "django-allauth": "allauth",
    "django-csp": "csp",
    "django-environ": "environ",
    "linkify-it-py": "linkify_it",
    "markdown-it-py": "markdown_it",
}
PLANTED = {
    "a private name of a module": "from django.db.models.query import _private",
    "an undocumented module": "from django.db.models.sql.compiler import SQLCompiler",
    "one under another name": "import django.db.models.sql as words",
    "one that is reached by attributes": "from django.db import models\nmodels.sql.Query",
    "one in a string": "monkeypatch.setattr('redis.connection.Connection', None)",
    "a private name in a string": "monkeypatch.setattr('django.db.connection._made_up', None)",
    "a private attribute": "def f(rows): return rows._raw_delete('default')",
    "one by its name": "def f(rows): return getattr(rows, '_raw_delete')",
    "one of a cluster's": "def f(client): client.nodes_manager.initialize()",
    "one of a field's": "def f(field, row): field.set_cached_value(row, None)",
    "a server's inside": "from daphne.http_protocol import WebRequest",
    "a reactor": "from twisted.internet import reactor",
}


def files(*folders: str) -> Iterator[tuple[str, str]]:
    """The path from the root and the text of each Python file in some folders."""
    for folder in folders:
        for path in sorted(Path(settings.ROOT, folder).rglob("*.py")):
            yield str(path.relative_to(settings.ROOT)), path.read_text()


@cache
def own_names() -> set[str]:
    """The underscore names of Kith's own code, without those that are planted here."""
    return set().union(*(underscore_names(text) for path, text in files(*FOLDERS) if path != HERE))


def test_only_documented_interfaces_are_used() -> None:
    found = {path: list(breaches(text, own_names())) for path, text in files(*FOLDERS)}
    assert {path: said for path, said in found.items() if said and not path.startswith(OPENED)} == {}
    assert any(said for path, said in found.items() if path.startswith(OPENED)), "or no folder need be open"


def test_no_class_overrides_a_private_name_of_its_base() -> None:
    for name in ("network", "feeds", "realtime", "safety", "samples"):
        for module in pkgutil.walk_packages(importlib.import_module(name).__path__, f"{name}."):
            importlib.import_module(module.name)
    found = {f"{one.__module__}.{one.__name__}": shared_names(one) for one in our_classes()}
    opened = tuple(path.replace("/", ".") for path in OPENED)
    assert {name: shared for name, shared in found.items() if shared and not name.startswith(opened)} == {}


def our_classes() -> Iterator[type]:
    for name, module in list(sys.modules.items()):
        if name.startswith(("feeds.", "network.", "realtime.", "safety.", "samples.")):
            yield from (
                one for one in vars(module).values() if isinstance(one, type) and one.__module__ == name
            )


@pytest.mark.parametrize("source", PLANTED.values(), ids=PLANTED)
def test_a_breach_is_found(source: str) -> None:
    assert list(breaches(source, {"_own"}))


@pytest.mark.parametrize(
    "source",
    [
        "from django.db import models\nmodels.CASCADE, models.Model",
        "from django.conf import settings\nsettings.DEBUG",
        "def f(row): return row._meta, row._own",
        "import os\nos._exit(0)",
        "from . import nearby",
        "'django.db'",
    ],
)
def test_a_documented_interface_is_no_breach(source: str) -> None:
    assert not list(breaches(source, {"_own"}))


def test_an_overridden_private_name_is_found() -> None:
    class Cache(RedisCache):
        def _class(self) -> object:
            """The name of a method of Django's cache."""

    class Consumer(AsyncWebsocketConsumer):
        def __init__(self) -> None:
            self._own = 1

    assert shared_names(Cache) == {"_class"}
    assert shared_names(Consumer) == set()


def test_requirements_name_every_imported_package() -> None:
    run, test = named("requirements.in"), named("requirements-test.in")
    assert imported(*RUN) - run == set()
    assert imported(*FOLDERS) - run - test == set()


def named(file: str) -> set[str]:
    """The modules of the packages in a file of requirements."""
    lines = (settings.ROOT / file).read_text().splitlines()
    names = [found[0] for line in lines if (found := re.match(r"[A-Za-z][\w.-]*", line))]
    return {IMPORTED_AS.get(name, name.replace("-", "_")).lower() for name in names}


def imported(*folders: str) -> set[str]:
    """The modules that the files in some folders import, without those of Python and Kith."""
    found = set()
    for _path, text in files(*folders):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found - sys.stdlib_module_names - {*FOLDERS}
