"""Queries that are built and compiled once for each process, then run with other parameters.

Django builds and compiles the rule of who may read a post in 10.8 ms, and a page needs it several times
(Python 3.11, Django 5.2). A compiled query costs what the database needs.

A `build` is a function that returns a queryset. It is called once for each different `args`, so it must not
depend on anything else. Values that differ between runs are parameters (`network.queries.parameters`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, BooleanField, Expression, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.utils import timezone

from network.queries.parameters import SQL, Parameter

Build = Callable[..., QuerySet[Any, Any]]


def fetch(build: Build, *args: Any, **values: Any) -> list[tuple[Any, ...]]:
    """The rows of `build(*args)`, a queryset of `values_list`. One query.

    `values` are the values of its parameters, by name. Columns come as the driver gives them: SQLite gives
    0 and 1 for a computed boolean, times without a zone, and JSON as text.
    """
    query = _compiled(build, args)
    with connection.cursor() as cursor:
        cursor.execute(query.named_sql, query.bound(values))
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def subquery(build: Build, *args: Any, **values: Any) -> RawSQL:
    """The ids that `build(*args)` selects, for the right side of an `__in` lookup of another queryset."""
    query = _compiled(build, args)
    bound = query.bound(values)
    params = [bound[name] for name in query.names]
    return RawSQL(query.sql, params, BigIntegerField())  # noqa: S611 - no value is in it


@dataclass(frozen=True)
class Compiled:
    """SQL with a `%s` for each parameter: a `Parameter` object, or a value that needs quotation."""

    sql: str
    params: tuple[Any, ...]

    @cached_property
    def names(self) -> list[str]:
        """The name of each placeholder, in the order of `params`."""
        return [
            param.name if isinstance(param, Parameter) else f"value_{place}"
            for place, param in enumerate(self.params)
        ]

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """The parameters by name."""
        return dict(zip(self.names, self.params, strict=True))

    @cached_property
    def named_sql(self) -> str:
        """The SQL with a `%(name)s` for each parameter.

        Each name is bound once. Django's SQLite backend also converts names faster than positions: by string
        formatting instead of a regular expression.
        """
        return _filled(self.sql, (f"%({name})s" for name in self.names))

    def bound(self, values: dict[str, Any]) -> dict[str, Any]:
        """The values of all parameters, by name; `now` is always known."""
        values = {"now": timezone.now(), **values}
        return {
            name: param.bound(values[name]) if isinstance(param, Parameter) else param
            for name, param in self.parameters.items()
        }


@cache
def _compiled(build: Build, args: tuple[Any, ...]) -> Compiled:
    return compile_queryset(build(*args))


def compile_queryset(rows: QuerySet[Any, Any]) -> Compiled:
    """Compile a queryset without running it. Raises ValueError where Django knows that it has no rows."""
    compiling = _Compiling(rows)
    list(rows.model.objects.filter(compiling))
    if not compiling.found:
        raise ValueError("This queryset has no rows, so it has no SQL.")
    return compiling.found[0]


class _Compiling(Expression):
    """A condition that compiles another queryset while the query around it is compiled.

    Django offers a compiler only to expressions. EmptyResultSet tells it that no row meets this condition,
    so the query around it never runs.
    """

    output_field = BooleanField()

    def __init__(self, rows: QuerySet[Any, Any]) -> None:
        super().__init__()
        self.rows = rows
        self.found: list[Compiled] = []

    def as_sql(self, compiler: Any, connection: Any) -> SQL:
        sql, params = compiler.compile(Subquery(self.rows))
        self.found.append(_with_literals(sql.removeprefix("(").removesuffix(")"), params))
        raise EmptyResultSet


def _with_literals(sql: str, params: Sequence[Any]) -> Compiled:
    """Write the values that are the same in each run into the SQL, so that SQLite prepares it only once.

    SQLite compares these values with the conditions of partial indexes. Where such a value is a parameter,
    SQLite prepares the statement anew in each run (`exprCompareVariable` in its expr.c). The number of unread
    messages took 170 us so, and takes 29 us without (SQLite 3.40).
    """
    literals = [_literal(param) for param in params]
    kept = [param for param, literal in zip(params, literals, strict=True) if literal is None]
    return Compiled(_filled(sql, (literal or "%s" for literal in literals)), tuple(kept))


def _literal(value: Any) -> str | None:
    """A value as SQL; None where it would need quotation."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int) and value >= 0:
        return str(int(value))
    if isinstance(value, str) and re.fullmatch(r"[a-z_]*", value):
        return f"'{value!s}'"
    return None


def _filled(sql: str, words: Iterable[str]) -> str:
    """The SQL with these words in place of its placeholders. A percent sign stays doubled."""
    return sql.replace("%%", "%%%%") % tuple(words)
