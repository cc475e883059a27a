"""Plans of PostgreSQL: the rows that a query reads from tables, and the rows that it sorts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

MANY = 10_000  # rows; 800 entries of 300 streams are chosen from 2,000
LARGE = frozenset({"network_publication", "network_follow"})


def costly_steps(act: Callable[[], object]) -> list[str]:
    """The steps of `act`'s queries that read more of a large table than an index, or sort very many rows."""
    with CaptureQueriesContext(connection) as asked:
        act()
    found = []
    for query in asked.captured_queries:
        for step in _steps(_plan(query["sql"])):
            kind, table = step["Node Type"], step.get("Relation Name", "")
            index = step.get("Index Name", "no index")
            if table in LARGE and kind != "Index Only Scan":
                found.append(f"{kind} of {table} by {index}")
            rows = step["Actual Rows"] * step["Actual Loops"]
            if kind == "Sort" and step.get("Sort Method") != "top-N heapsort" and rows > MANY:
                found.append(f"a sort by {step.get('Sort Method')}")
    return found


def _plan(sql: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        [[found]] = cursor.fetchall()
    plan: dict[str, Any] = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return plan


def _steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _steps(part)
