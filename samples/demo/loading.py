"""Load the demo through the real actions, each at its own time in the past."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from network import ids
from network.actions.recording import unannounced
from network.models import Activity, Follow, Person
from samples.demo.play import Play
from samples.demo.script import Script


class NotEmpty(Exception):
    """The database has other content than the demo."""


def is_loaded(script: Script) -> bool:
    """Whether the demo is loaded already. Raises NotEmpty where the database has other content."""
    handles = [someone.handle for someone in script.people]
    if Person.objects.filter(handle__in=handles).count() == len(handles):
        return True
    if Activity.objects.exists():
        raise NotEmpty
    return False


@transaction.atomic
def load(script: Script, now: datetime, progress: Callable[[int, int], object]) -> None:
    """Load the demo into an empty database, in one transaction. Calls `progress` with done and total.

    The transaction may be longer than a site allows, because nobody else uses the database yet.
    """
    acts = Play(script, now).acts()
    with unannounced():
        for done, act in enumerate(acts):
            progress(done, len(acts))
            try:
                with ids.at_moment(act.moment):
                    act.do()
            except Exception as error:
                error.add_note(f"in the demo: {act.what}")
                raise
    _date_follows()


def _date_follows() -> None:
    """Set the time of each follow to that of its activity: what is new in a group counts from there."""
    began = (Activity.Type.FOLLOW, Activity.Type.JOIN, Activity.Type.CREATE)
    for activity in Activity.objects.filter(type__in=began).exclude(stream=None):
        follows = Follow.objects.filter(follower=activity.actor_id, stream=activity.stream_id)
        follows.update(created_at=activity.at)
