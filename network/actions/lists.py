"""Lists: creating, renaming and deleting them, and how far a person has read their feeds.

`follows.deliver` puts a followed stream into a list.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import BigIntegerField, F, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from network import text
from network.actions.follows import bump_generation
from network.actions.locking import hold
from network.actions.recording import record, with_free_id
from network.errors import Invalid, Refused
from network.models import Activity, Follow, List, Marker, Person, details
from network.queries import lists as queries

# Each list is a link above home.
MOST = 50


@transaction.atomic
def create(owner: Person, name: str) -> List:
    """Create an empty list. Raises Invalid for an empty or used name, Refused after MOST lists."""
    hold(owner)
    if owner.lists.count() >= MOST:
        raise Refused(_("You have %(most)d lists, which is as many as there can be.") % {"most": MOST})
    name = _checked(owner, name)
    made = with_free_id(lambda free: List.objects.create(pk=free, owner=owner, name=name))
    record(Activity.Type.CREATE, owner, detail=details.Create(of="List", list=made.pk))
    return made


@transaction.atomic
def rename(owner: Person, list_id: int, name: str) -> List:
    """Rename a list. Raises NotVisible for a list of somebody else, Invalid for an empty or used name."""
    hold(owner)
    found = queries.find(owner, list_id)
    name = _checked(owner, name, besides=found)
    if found.name != name:
        found.name = name
        found.save(update_fields=["name"])
        record(Activity.Type.UPDATE, owner, detail=details.Update(of="List", list=found.pk))
    return found


@transaction.atomic
def delete(owner: Person, list_id: int) -> None:
    """Delete a list. Its follows go to home. Raises NotVisible for a list of somebody else."""
    hold(owner)
    found = queries.find(owner, list_id)
    if Follow.objects.filter(list=found).update(place=Follow.Place.HOME, list=None):
        bump_generation(owner)
    Marker.objects.filter(feed=found.pk).delete()
    found.delete()
    record(Activity.Type.DELETE, owner, detail=details.Delete(of="List", list=list_id))


@transaction.atomic
def open_feed(person: Person, feed: int, newest: int) -> int:
    """Store that a feed was opened with `newest` on top; returns the newest id that counts as read.

    What was shown before counts as read from now on, on every device. The marker never decreases. Records no
    activity. Two queries.
    """
    marker = Marker.objects.filter(feed=feed).first()
    if marker is None:
        Marker.objects.bulk_create([Marker(feed=feed, person=person, shown_id=newest)], ignore_conflicts=True)
        return 0
    if marker.read_id < marker.shown_id or marker.shown_id < newest:
        shown = Greatest("shown_id", Value(newest), output_field=BigIntegerField())
        Marker.objects.filter(feed=feed).update(read_id=F("shown_id"), shown_id=shown)
    return marker.shown_id


def _checked(owner: Person, name: str, besides: List | None = None) -> str:
    name = text.clean(name, limit=text.NAME)
    taken = owner.lists.filter(name=name)
    if (taken if besides is None else taken.exclude(pk=besides.pk)).exists():
        raise Invalid(_("You have a list with this name already. Choose another."))
    return name
