"""A Kith of its own, started by `bin/run` from a copy of the files, that the tests may hurt."""

from tests.commands.conftest import copy, port, ready, start, surroundings, var

__all__ = ["copy", "port", "ready", "start", "surroundings", "var"]
