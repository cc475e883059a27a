"""What a person may be told when something cannot be done. One middleware turns these into answers."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NOTHING_HERE = _("There is nothing here that you can see.")


class KithError(Exception):
    """An expected refusal with a sentence for a person, and the HTTP status that fits it."""

    status = 400

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)


class Invalid(KithError):
    """What was sent cannot be used as it is."""


class NotVisible(KithError):
    """It does not exist for this person: what may not be read answers exactly like what is not there."""

    status = 404

    def __init__(self, sentence: str | Promise = NOTHING_HERE) -> None:
        super().__init__(sentence)


class Refused(KithError):
    """The person may see it, but may not do this."""

    status = 403


class TooMany(KithError):
    """The person does this faster than anyone needs to."""

    status = 429
