"""Queries that are built and compiled once for each process, then run with other parameters.

Django builds and compiles the rule of who may read a post in 10.8 ms, and a page needs it several times
(Python 3.11, Django 5.2). A compiled query costs what the database needs.

A `build` is a function that returns a queryset. It is called once for each different `args`, so it must not
depend on anything else. Values that differ between runs are parameters (`network.queries.parameters`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
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
        cursor.execute(query.sql, query.bound(values))
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def subquery(build: Build, *args: Any, **values: Any) -> RawSQL:
    """The ids that `build(*args)` selects, for the right side of an `__in` lookup of another queryset."""
    query = _compiled(build, args)
    return RawSQL(query.sql, query.bound(values), BigIntegerField())  # noqa: S611 - no value is in it


@dataclass(frozen=True)
class Compiled:
    """SQL and its parameters: `Parameter` objects, and values that have no literal."""

    sql: str
    params: tuple[Any, ...]

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """The `Parameter` objects, by name."""
        return {param.name: param for param in self.params if isinstance(param, Parameter)}

    def bound(self, values: dict[str, Any]) -> list[Any]:
        """The parameters with values in the place of `Parameter` objects; `now` is always known."""
        values = {"now": timezone.now(), **values}
        given = {name: parameter.bound(values[name]) for name, parameter in self.parameters.items()}
        return [given[param.name] if isinstance(param, Parameter) else param for param in self.params]


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


def _with_literals(sql: str, params: Iterable[Any]) -> Compiled:
    """SQL with constants as literals. PostgreSQL gets them so anyway: psycopg writes values into the SQL.

    SQLite looks at the value of a parameter that is compared as in the condition of a partial index. It then
    compiles the statement again at each run.
    """
    waiting, left = iter(params), []

    def text(place: re.Match[str]) -> str:
        if place[0] == "%%":
            return "%%"
        value = next(waiting)
        if isinstance(value, str):
            return "'" + value.replace("'", "''").replace("%", "%%") + "'"
        if type(value) is int and value >= 0:
            return str(value)
        left.append(value)
        return "%s"

    return Compiled(re.sub("%[%s]", text, sql), tuple(left))
