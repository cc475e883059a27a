"""What somebody reads of what they follow: their home, a part of it, or a list beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from network.models import Follow, Stream
from network.queries.parameters import PERSON, Parameter


@dataclass(frozen=True)
class Feed:
    """The home of `person`; with a list (its id) that list; with a kind only what came home by such streams.

    What a person did themselves stands in their home, and elsewhere only where a stream brings it.
    """

    person: Any
    list: Any = None
    kind: str = ""

    @property
    def id(self) -> int:
        """Under which its timeline is kept: a part of a home has none but the home's."""
        id: int = self.person.pk if self.list is None else self.list
        return id

    @property
    def is_home(self) -> bool:
        return self.list is None and not self.kind

    @property
    def form(self) -> str:
        """What its queries are alike in, whoever reads: "home", "list", or one of Stream.Kind."""
        return self.kind or ("home" if self.list is None else "list")

    @property
    def whole(self) -> Feed:
        """The feed whose timeline is read."""
        return Feed(self.person, self.list)

    def goes(self) -> Q:
        """The follows of the person that bring something here."""
        here = Q(place=Follow.Place.HOME) if self.list is None else Q(list=self.list)
        return here & Q(stream__kind=self.kind) if self.kind else here


def of_form(form: str) -> Feed:
    """A feed for a compiled query, whose parameters are "person" and, in the form "list", "list"."""
    return Feed(
        PERSON, Parameter("list") if form == "list" else None, form if form in Stream.Kind.values else ""
    )
