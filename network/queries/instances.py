"""Instances of a model, with the instances that they refer to, from the rows of a compiled query."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import DateTimeField, Model, QuerySet

M = TypeVar("M", bound=Model)


class Instances(Generic[M]):
    """Selects the columns of `model` in a queryset, and makes instances of its rows.

    `related` are the paths to follow, as for `select_related`: of foreign keys ("author", "thread__author"),
    and of one-to-one relations from either side. From the other side, an instance does not remember that
    there is no row: look at the kind of a stream before you ask for its person, topic or group.
    `annotations` are the names of the queryset's annotations to keep, each with its type.
    `only` names the fields to read of some paths ("" is the model itself); the others are deferred.
    """

    def __init__(
        self,
        model: type[M],
        related: Iterable[str] = (),
        annotations: Mapping[str, type] | None = None,
        *,
        only: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        read = {path: set(names) for path, names in (only or {}).items()}
        self.part = Part(model, "", [path.split("__") for path in related], 0, read)
        self.annotations = dict(annotations or {})

    def select(self, rows: QuerySet[M, Any]) -> QuerySet[M, Any]:
        """The queryset with the columns that `read` expects."""
        return rows.values_list(*self.part.columns, *self.annotations)

    def read(self, rows: Iterable[tuple[Any, ...]]) -> list[M]:
        """The instances, in the order of the rows. Rows that refer to the same row share one instance."""
        seen: dict[tuple[Any, Any], Any] = {}
        found: list[M] = []
        database = connection.alias  # looked up once: `connection` is an object of the thread
        for row in rows:
            instance: Any = self.part.instance(row, seen, database)
            for (name, kind), value in zip(self.annotations.items(), row[self.part.end :], strict=True):
                setattr(instance, name, kind(value))
            found.append(instance)
        return found


class Part(Generic[M]):
    """The columns of one model in a row, from `start`, and behind them those of what it refers to."""

    def __init__(
        self, model: type[M], prefix: str, paths: list[list[str]], start: int, only: Mapping[str, set[str]]
    ) -> None:
        read = only.get(prefix.removesuffix("__"))
        fields = [
            field
            for field in model._meta.concrete_fields
            if read is None or field.attname in read or field.primary_key
        ]
        self.model = model
        self.names = [field.attname for field in fields]
        self.slice = slice(start, start + len(fields))
        self.pk = start + fields.index(model._meta.pk)
        self.columns = [prefix + name for name in self.names]
        converters = [(place, converter(field)) for place, field in enumerate(fields)]
        self.converters = [(place, convert) for place, convert in converters if convert is not None]
        self.related: dict[Any, Part[Any]] = {}  # by field
        for name in dict.fromkeys(path[0] for path in paths):
            deeper = [path[1:] for path in paths if path[0] == name and len(path) > 1]
            field: Any = model._meta.get_field(name)
            part = Part(field.related_model, f"{prefix}{name}__", deeper, start + len(self.columns), only)
            self.related[field] = part
            self.columns += part.columns
        self.end = start + len(self.columns)
        self.kind: tuple[Any, ...] = (
            model,
            *((field.name, part.kind) for field, part in self.related.items()),
        )

    def instance(self, row: tuple[Any, ...], seen: dict[tuple[Any, Any], Any], database: str) -> M | None:
        """The instance of a row; None where there is none."""
        key = (self.kind, row[self.pk])
        if row[self.pk] is None or key in seen:
            return seen.get(key)
        values = list(row[self.slice])
        for place, convert in self.converters:
            values[place] = convert(values[place])
        seen[key] = instance = self.model.from_db(database, self.names, values)
        for field, part in self.related.items():
            related = part.instance(row, seen, database)
            setattr(instance, field.name, related)
        return instance


def converter(field: Any) -> Callable[[Any], Any] | None:
    """How a value that the driver gives becomes the field's; None where it is that already.

    A field may say it itself, as JSONField does. SQLite's driver gives times in UTC without saying so.
    """
    if hasattr(field, "from_db_value"):
        return lambda value: field.from_db_value(value, None, connection)
    if isinstance(field, DateTimeField) and connection.vendor == "sqlite":
        return _in_utc
    return None


def _in_utc(value: datetime | None) -> datetime | None:
    return None if value is None else value.replace(tzinfo=UTC)
