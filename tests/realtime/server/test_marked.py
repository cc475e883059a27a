"""Tests that stock servers do not pass are few, and each is in the table of docs/operations.md."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
MOST = 15
OPERATIONS = TESTS.parents[1] / "docs" / "operations.md"


def marked() -> Iterator[str]:
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                if any("pytest.mark.server" in ast.unparse(decorator) for decorator in node.decorator_list):
                    yield node.name
            elif isinstance(node, ast.Assign):
                assert "mark.server" not in ast.unparse(node.value), f"{path}: mark each test"


def test_each_marked_test_is_in_the_table_of_the_docs_and_no_other() -> None:
    lines = OPERATIONS.read_text().splitlines()
    rows = {line.split("`")[1] for line in lines if line.startswith("| `test_")}
    assert rows == set(marked())


def test_they_are_few() -> None:
    assert len(list(marked())) < MOST  # one of them has two cases
