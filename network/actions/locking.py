"""The locking rule: which rows an action locks before it reads and writes, and in which order.

**What is locked.** Only an action that holds the lock of the owner writes the rows that belong to a person, a
group, a topic or a post:

- a Person owns their follows (and memberships), blocks, mutes, watches, lists, bookmarks, choices and
  handles. An action between two people, such as a block, locks both.
- a Group owns its kind, its closing and its owners.
- a Topic owns its `alias_of`.
- a Post owns its marks, votes, reshares, counters, topics and publications.

An action takes a *shared* lock of an owner whose state must not change meanwhile: a follower shares the
person who may approve followers, a member who posts shares the group. Any number of actions can share a row.
No action can hold it at the same time.

**In which order.** Groups, topics, people, posts; each by id. All actions use this order, so there are no
deadlocks. Follower counts come last, by id: their UPDATE locks the Stream row, which no action locks earlier.

**Read after locking.** What was read before `hold` may be out of date, so decide by what is read after it.
`hold` refreshes the kind, slug and closing of groups, and the `alias_of` of topics, in the objects that it
gets.

SQLite runs one write transaction at a time (`BEGIN IMMEDIATE`), so nothing is locked there. Readings and
markers need no lock: a single statement increases them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from django.db import connection

from network.models import Group, Person, Post, Topic

Owner = Group | Topic | Person | Post

ORDER: tuple[type[Owner], ...] = (Group, Topic, Person, Post)
# Columns, and attributes, that are refreshed with the lock.
READ: dict[type[Owner], tuple[str, ...]] = {Group: ("kind", "slug", "closed_at"), Topic: ("alias_of_id",)}


def hold(*rows: Owner, shared: Iterable[Owner | None] = ()) -> None:
    """Lock `rows`, and take a shared lock of `shared`, until the transaction ends.

    Call it inside the transaction, before the reads that it protects. A second call in the same action must
    have rows that are later in the order. A row in both arguments is locked. None is ignored, such as the
    group of a thread outside of groups. One query for each run of rows of one model and kind of lock.
    """
    sharing = [row for row in shared if row is not None]
    asked = {(type(row), row.pk): False for row in sharing} | {(type(row), row.pk): True for row in rows}
    given = [*sharing, *rows]
    inorder = sorted(asked, key=lambda key: (ORDER.index(key[0]), key[1]))
    for (model, is_held), keys in groupby(inorder, key=lambda key: (key[0], asked[key])):
        stored = {row.pk: row for row in _locked(model, [pk for _model, pk in keys], is_held)}
        for row in given:
            if type(row) is model and row.pk in stored:
                for name in READ.get(model, ()):
                    setattr(row, name, getattr(stored[row.pk], name))


def claim(name: str) -> None:
    """Lock a name without a row or constraint until the transaction ends. Call it before any `hold`."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _locked(model: type[Owner], ids: list[int], is_held: bool) -> Iterator[Owner]:
    """Lock the rows with these ids, in this order, and read them.

    SQL of our own: Django has no `FOR SHARE`. NO KEY UPDATE lets others insert rows that refer to these.
    """
    strength = "FOR NO KEY UPDATE" if is_held else "FOR SHARE"
    if not connection.features.has_select_for_update:
        if model not in READ:
            return
        strength = ""
    key, table = str(model._meta.pk.column), model._meta.db_table
    columns, places = ", ".join((key, *READ.get(model, ()))), ", ".join(["%s"] * len(ids))
    found = f"SELECT {columns} FROM {table} WHERE {key} IN ({places})"  # noqa: S608
    yield from model._default_manager.raw(f"{found} ORDER BY {key} {strength}", ids)
