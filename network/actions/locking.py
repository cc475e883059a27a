"""The locking rule: which rows an action holds while it reads and then writes, and in which order.

**What is held.** Rows that belong to a person, a group, a topic or a post are written only by an action
that holds their owner:

- a Person owns what they follow (memberships too), their blocks, mutes, watches, lists, bookmarks, choices
  and handles. An act between two people, such as a block, holds both.
- a Group owns its kind, its closing and who its owners are.
- a Topic owns where it leads (`alias_of`).
- a Post owns its marks, votes, reshares, counters, topics and publications.

An action *shares* an owner whose state it relies on while others must not change it: a follower shares the
person who may approve followers, a member who posts shares the group. Any number of actions share a row at
the same time; none of them shares it while another holds it.

**In which order.** Groups, topics, people, posts; within each by id. Every action takes its rows in this
order, so no two wait for each other. Follower counts come last, by id: their UPDATE locks the Stream row,
which no action holds any earlier.

**Then read.** What was read before `hold` may be old. Decide by what is read after it. `hold` itself brings
the kind, the address and the closing of groups and the `alias_of` of topics up to date in the objects that it
is given.

SQLite runs one write transaction at a time (`BEGIN IMMEDIATE`), so nothing is locked there. Readings and
markers are no acts: they only grow, by statements that need no lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from django.db import connection

from network.models import Group, Person, Post, Topic

Owner = Group | Topic | Person | Post

ORDER: tuple[type[Owner], ...] = (Group, Topic, Person, Post)
# Columns, and attributes, that are read with the lock.
READ: dict[type[Owner], tuple[str, ...]] = {Group: ("kind", "slug", "closed_at"), Topic: ("alias_of_id",)}


def hold(*rows: Owner, shared: Iterable[Owner | None] = ()) -> None:
    """Lock rows until the transaction ends; one that is held and shared is held.

    Call it inside the transaction, before the reads that it protects. Where one action calls it again, the
    new rows come later in the order. None, such as the group of a thread that is in none, is left out.
    One query for each run of rows of one kind and strength.
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
    """Lock a name that has no row yet and no constraint, until the transaction ends. Before any `hold`."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _locked(model: type[Owner], ids: list[int], is_held: bool) -> Iterator[Owner]:
    """Lock the rows with these ids, in this order, and read them as they are then.

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
