"""Expressions for compiled queries: parameters, and a condition that uses an index.

A parameter takes the place of a value in a queryset. Its value is given when the compiled query runs
(`network.queries.compiled`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, BooleanField, DateTimeField, Expression, Field, Func

SQL = tuple[str, tuple[Any, ...]]


class Parameter(Expression):
    """One value, by default an id. In the compiled SQL this object is itself the parameter."""

    def __init__(self, name: str, output_field: Field[Any, Any] | None = None) -> None:
        super().__init__(output_field=output_field or BigIntegerField())
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> SQL:
        return "%s", (self,)

    def get_group_by_cols(self) -> list[Any]:
        """None, as for any value: it is the same in all rows."""
        return []

    def bound(self, value: Any) -> Any:
        """A value for this parameter, as the database takes it."""
        return self.output_field.get_db_prep_value(value, connection)


class ParameterList(Parameter):
    """Any number of ids, for the right side of an `__in` lookup. The SQL is the same for every number."""

    def as_postgresql(self, compiler: Any, connection: Any) -> SQL:
        return "(SELECT unnest(%s::bigint[]))", (self,)

    def as_sqlite(self, compiler: Any, connection: Any) -> SQL:
        return "(SELECT value FROM json_each(%s))", (self,)

    def bound(self, value: Iterable[int]) -> str:
        ids = ",".join(map(str, value))  # quicker than a list, which psycopg checks item by item
        return f"{{{ids}}}" if connection.vendor == "postgresql" else f"[{ids}]"


class AnyOf(Func):
    """A condition: the first expression is among the rows of the second, a Subquery or a ParameterList.

    PostgreSQL reads those rows first, then looks each up in the index. With `__in` it may read the whole
    table instead, where the other conditions are costly.
    """

    output_field = BooleanField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> SQL:
        return self.as_sql(
            compiler, connection, template="%(expressions)s)", arg_joiner=" = ANY (ARRAY", **context
        )

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> SQL:
        return self.as_sql(compiler, connection, template="%(expressions)s", arg_joiner=" IN ", **context)


# The id of the person for whom a query runs.
PERSON = Parameter("person")
# The time at which a query runs.
NOW = Parameter("now", DateTimeField())

Moment = datetime | Parameter
