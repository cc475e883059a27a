"""Time zones of people."""

from __future__ import annotations

from datetime import UTC, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from network.models import Person

# Not the zone of a place.
NOT_A_PLACE = frozenset({"localtime", "Factory", "posixrules"})
# Areas without places: aliases, and zones without daylight saving.
TECHNICAL = ("Etc/", "SystemV/", "US/")


def of(person: Person | None) -> tzinfo:
    """Return the zone of a person, UTC where it is unknown."""
    return named(person.zone) if person is not None else UTC


@lru_cache(maxsize=1024)
def named(name: str) -> tzinfo:
    """Return the zone with a name of the IANA database, such as "Europe/Berlin"; UTC for any other name."""
    return ZoneInfo(name) if is_known(name) else UTC


def is_known(name: str) -> bool:
    return name in _all()


@lru_cache(maxsize=1)
def offered() -> tuple[str, ...]:
    """Return the names to choose from, sorted: those of an area and a place, and UTC."""
    places = (name for name in _all() if "/" in name and not name.startswith(TECHNICAL))
    return ("UTC", *sorted(places))


@lru_cache(maxsize=1)
def _all() -> frozenset[str]:
    return frozenset(available_timezones() - NOT_A_PLACE)
