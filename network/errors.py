"""Errors with a sentence for the person. `ErrorsMiddleware` turns them into responses."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NOT_FOUND = _("There is nothing here that you can see.")


class KithError(Exception):
    """An expected refusal with a sentence for a person, and the HTTP status that fits it."""

    status = 400

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)


class Invalid(KithError):
    """The input cannot be used as it is."""


class NotVisible(KithError):
    """It does not exist for this person. The response is the same where it does not exist at all."""

    status = 404

    def __init__(self, sentence: str | Promise = NOT_FOUND) -> None:
        super().__init__(sentence)


class Refused(KithError):
    """The person may see it, but may not do this."""

    status = 403


class TooMany(KithError):
    """The person does this more often than the limit allows."""

    status = 429
