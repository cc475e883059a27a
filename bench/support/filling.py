"""Test data of a given size, written directly to the database: people, follows, threads, publications.

All publications are in the streams that the reader follows, 60% are comments, and threads are heavy-tailed: a
few have thousands of comments, most have none.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from network import ids
from network.models import Activity, Follow, Person, Post, Publication, Stream

COMMENTS = 0.6
WORDS = "The tide brings what the tide will bring, and every rock pool keeps a little of it for us to read. "


def people(number: int) -> list[int]:
    """Add people. Returns their ids."""
    made = sorted({ids.next_id() for _ in range(number)})
    write(Stream, ("id", "kind"), ((id, "person") for id in made))
    write(Person, ("stream_id", "handle", "name"), ((id, f"p{id}", "Somebody") for id in made))
    return made


def follows(pairs: Iterable[tuple[int, int]]) -> None:
    """Add follows as (follower, stream), and update the counts of followers."""
    now = timezone.now()
    write(Follow, ("follower_id", "stream_id", "created_at"), ((*pair, now) for pair in pairs))
    with connection.cursor() as cursor:
        cursor.execute(
            # One statement counts all streams. A subquery for each stream would read all follows each time.
            "UPDATE network_stream SET followers_count = number FROM (SELECT stream_id, count(*) AS number"
            " FROM network_follow WHERE state = 'accepted' GROUP BY stream_id) AS counted"
            " WHERE counted.stream_id = network_stream.id"
        )


def publications(streams: Sequence[int], number: int, seed: int = 1) -> None:
    """Add `number` posts and comments by the people with these streams, over the last year."""
    said = list(_said(streams, number, random.Random(seed)))
    wrote = {id: author for id, author, _thread in said}
    text = (WORDS, f"<p>{WORDS}</p>", f" {WORDS.lower()}")
    write(
        Post,
        ("id", "author_id", "thread_id", "parent_id", "newest_id", "text", "html", "words"),
        ((id, author, thread, None if thread == id else thread, id, *text) for id, author, thread in said),
    )
    write(
        Activity,
        ("id", "type", "actor_id", "post_id"),
        ((id, "Create", author, id) for id, author, _thread in said),
    )
    write(
        Publication,
        ("stream_id", "activity_id", "thread_id", "actor_id", "kind", "answered_id"),
        (
            (author, id, thread, author, *(("post", None) if thread == id else ("comment", wrote[thread])))
            for id, author, thread in said
        ),
    )


def _said(streams: Sequence[int], number: int, chance: random.Random) -> Iterator[tuple[int, int, int]]:
    """Yield (id, author, thread). Authors and threads are drawn by 1/rank, so a few have very many posts."""
    now = ids.first_at(timezone.now() - timedelta(minutes=1))
    start = ids.first_at(timezone.now() - timedelta(days=365))
    step = (now - start) // number
    weights = [1 / rank for rank in range(1, len(streams) + 1)]
    authors = chance.choices(streams, weights, k=number)
    roots: list[int] = []
    for place, author in enumerate(authors):
        id = start + place * step + chance.randrange(step)
        if roots and chance.random() < COMMENTS:
            # Newer threads get more comments: the rank is drawn by 1/rank, counted from the newest.
            back = int(len(roots) ** chance.random())
            yield id, author, roots[-back]
        else:
            roots.append(id)
            yield id, author, id


def write(model: Any, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows as fast as the database can. Columns that are not named get their default."""
    defaults = {
        field.column: json.dumps(value) if isinstance(value, (list, dict)) else value
        for field in model._meta.concrete_fields
        if field.column not in columns and (value := field.get_default()) is not None
    }
    constant = tuple(defaults.values())
    rows = ((*row, *constant) for row in rows)
    table, names = model._meta.db_table, ", ".join([*columns, *defaults])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET statement_timeout = 0")
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            # Without this, foreign keys to these rows are checked by plans for an empty table.
            cursor.execute(f"ANALYZE {table}")
        else:
            marks = ", ".join(["%s"] * (len(columns) + len(defaults)))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(rows))


def analyze() -> None:
    """Update the statistics of the database, as its maintenance does at night."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
