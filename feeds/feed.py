"""Feeds: a person's home, a part of it, or one of their lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from feeds.follow_rule import ROUTES, Route, leads_to
from network.models import Stream
from network.queries.parameters import PERSON, Parameter


@dataclass(frozen=True)
class Feed:
    """The home of `person`; with `list`, the list of this id; with `kind`, a part of the home.

    The part holds what streams of this kind bring home.

    A home also holds what its person did. A list or a part holds that only where a stream brings it.
    """

    person: Any
    list: Any = None
    kind: str = ""

    @property
    def id(self) -> int:
        """The id of its timeline. A part of a home is read from the timeline of the home."""
        id: int = self.person.pk if self.list is None else self.list
        return id

    @property
    def is_home(self) -> bool:
        return self.list is None and not self.kind

    @property
    def form(self) -> str:
        """The name of its route and of its compiled queries: "home", "list", or a Stream.Kind."""
        return self.kind or ("home" if self.list is None else "list")

    @property
    def whole(self) -> Feed:
        """The feed whose timeline is read."""
        return Feed(self.person, self.list)

    @property
    def route(self) -> Route:
        return ROUTES[self.form]

    def follows(self) -> Q:
        """The follows of the person that lead here."""
        return leads_to(self.route, self.list)


def of_form(form: str) -> Feed:
    """A feed for a compiled query, whose parameters are "person" and, in the form "list", "list"."""
    return Feed(
        PERSON, Parameter("list") if form == "list" else None, form if form in Stream.Kind.values else ""
    )
