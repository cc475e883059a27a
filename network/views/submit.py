"""Run an action with a form."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.forms import Form

from network.errors import Invalid, KithError

R = TypeVar("R")


def submit(form: Form, action: Callable[[], R]) -> tuple[R | None, int]:
    """Call `action` if the form is valid. Return its result and the status 200.

    Where the form is invalid or the action raises a KithError, return None and the status of the error; the
    form then has the sentence of the error.
    """
    if not form.is_valid():
        return None, Invalid.status
    try:
        return action(), 200
    except KithError as error:
        form.add_error(None, str(error))
        return None, error.status
