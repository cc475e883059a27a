"""A journal of all changes that decide who receives what, written by triggers of PostgreSQL.

From it the state at any moment can be computed, without the code of Kith.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

Row = dict[str, Any]

ANY = "INSERT OR UPDATE OR DELETE"
# The recorded changes of each table. A table stands after those that it refers to.
TABLES = {
    "network_group": ANY,
    "network_follow": ANY,
    "network_block": ANY,
    "network_mute": ANY,
    "network_post": "INSERT OR UPDATE OF deleted_at, hidden_at, words, audience",
    "network_posttopic": ANY,
    "network_addressee": ANY,
    "network_activity": "INSERT",
    "network_publication": ANY,
    "django_session": "DELETE",
}
BEGIN = """
CREATE TABLE journal (
    number bigserial,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    act bigint NOT NULL DEFAULT txid_current(),
    what text NOT NULL,
    was jsonb,
    now jsonb
);
CREATE FUNCTION write_down() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO journal (what, was, now)
    VALUES (TG_TABLE_NAME, to_jsonb(OLD) - 'html' - 'text', to_jsonb(NEW) - 'html' - 'text');
    RETURN NULL;
END $$;
"""


@dataclass
class Act:
    """One transaction: the time of its last change, and each changed row before and after."""

    at: float
    changes: list[tuple[str, Row | None, Row | None]] = field(default_factory=list)


def begin() -> None:
    """Record all rows, and from now on all changes."""
    with connection.cursor() as cursor:
        cursor.execute(BEGIN)
        for table, events in TABLES.items():
            cursor.execute(
                f"INSERT INTO journal (act, what, now)"
                f" SELECT 0, '{table}', to_jsonb(one) - 'html' - 'text' FROM {table} one"
            )
            cursor.execute(
                f"CREATE TRIGGER journal AFTER {events} ON {table} FOR EACH ROW EXECUTE FUNCTION write_down()"
            )


def acts() -> list[Act]:
    """The recorded transactions in order of time. The first one has the rows that existed at `begin`."""
    found: defaultdict[int, Act] = defaultdict(lambda: Act(0.0))
    for number, at, *change in _rows():
        found[number].at = at
        found[number].changes.append((change[0], _named(change[1]), _named(change[2])))
    return sorted(found.values(), key=lambda act: act.at)


def _rows() -> Iterator[Any]:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(
            "SELECT act, extract(epoch FROM at)::float8, what, was::text, now::text"
            " FROM journal ORDER BY number"
        )
        while some := cursor.fetchmany(10_000):
            yield from some


def _named(row: str | None) -> Row | None:
    """Parse a row, and name its columns as Django's fields: without `_id`."""
    return None if row is None else {name.removesuffix("_id"): of for name, of in json.loads(row).items()}
