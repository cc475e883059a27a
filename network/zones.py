"""Time zones: whose morning it is, and by which clock a page tells the time."""

from __future__ import annotations

from datetime import UTC, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from network.models import Person

# Not a place's: the zone of the machine that runs Kith, and none.
NO_PLACE = frozenset({"localtime", "Factory", "posixrules"})
# Areas that hold no places people live by: aliases, and zones without daylight saving.
TECHNICAL = ("Etc/", "SystemV/", "US/")


def of(person: Person | None) -> tzinfo:
    """The zone of a person, UTC where none is known."""
    return named(person.zone) if person is not None else UTC


@lru_cache(maxsize=1024)
def named(name: str) -> tzinfo:
    """The zone with a name of the IANA database, such as "Europe/Berlin"; UTC for any other name."""
    return ZoneInfo(name) if is_known(name) else UTC


def is_known(name: str) -> bool:
    return name in _all()


@lru_cache(maxsize=1)
def offered() -> tuple[str, ...]:
    """The names to choose from, in order: those of an area and a place, and UTC."""
    places = (name for name in _all() if "/" in name and not name.startswith(TECHNICAL))
    return ("UTC", *sorted(places))


@lru_cache(maxsize=1)
def _all() -> frozenset[str]:
    return frozenset(available_timezones() - NO_PLACE)
