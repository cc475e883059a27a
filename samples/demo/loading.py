"""Loading the demo: everything through the real actions, each at its own past time."""

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
    """The database holds something else than the demo."""


def is_loaded(script: Script) -> bool:
    """Whether the demo is there already. Raises NotEmpty where something else is."""
    handles = [someone.handle for someone in script.people]
    if Person.objects.filter(handle__in=handles).count() == len(handles):
        return True
    if Activity.objects.exists():
        raise NotEmpty
    return False


@transaction.atomic
def load(script: Script, now: datetime, progress: Callable[[int, int], object]) -> None:
    """Load the demo into an empty database, wholly or not at all. `progress` is told done and all.

    One transaction may be longer than a site allows: nobody else is there yet.
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
    """A follow is as old as the act that began it: what is new in a group counts from there."""
    began = (Activity.Type.FOLLOW, Activity.Type.JOIN, Activity.Type.CREATE)
    for activity in Activity.objects.filter(type__in=began).exclude(stream=None):
        begun = Follow.objects.filter(follower=activity.actor_id, stream=activity.stream_id)
        begun.update(created_at=activity.at)
