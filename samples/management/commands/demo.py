"""`bin/manage demo`: load the demo into an empty database, and print how to sign in."""

from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from feeds.models import Notification
from feeds.notifications import notify, registry
from network import ids
from network.models import Activity, Delivery, Person
from network.progress import Progress
from samples.demo import loading, script
from samples.demo.play import PASSWORD, VISITOR

# The visitor has notifications of the last three days; those of the last hour are unread.
RECENT, UNREAD = timedelta(days=3), timedelta(hours=1)


class Command(BaseCommand):
    help = "Load the demo into an empty database. Once it is there, running this again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        demo = script.read()
        try:
            if loading.is_loaded(demo):
                self.stdout.write("The demo is loaded already; nothing was changed.")
            else:
                self._load(demo)
        except loading.NotEmpty:
            raise CommandError(
                "There is something else in this database. The demo needs one of its own: bin/run --demo."
            ) from None
        self.stdout.write(
            f"Sign in as {VISITOR}, or in a second browser as anybody else in the demo "
            f"(amara, siobhan, yusuf, ...), with the password {PASSWORD}"
        )

    @transaction.atomic
    def _load(self, demo: script.Script) -> None:
        now = timezone.now()
        progress = Progress(self.stderr, "acts of the demo")
        loading.load(demo, now, progress)
        _notify(Person.objects.get(handle=VISITOR), now)
        progress.end()


def _notify(visitor: Person, now: datetime) -> None:
    """Create the notifications of the visitor. The worker creates those of the others for the last hour.

    There are no timelines and no open pages yet, so all other deliveries are deleted.
    """
    recent, unread = ids.first_at(now - RECENT), ids.first_at(now - UNREAD)
    pending = Delivery.objects.filter(kind=notify.KIND, activity__gte=recent).order_by("activity")
    for delivery in pending.select_related("activity__post__thread", "activity__stream"):
        if _concerns(visitor, delivery.activity):
            notify.notify(delivery.activity)
    Notification.objects.filter(activity__lt=unread).update(read_at=now)
    Delivery.objects.exclude(kind=notify.KIND, activity__gte=unread).delete()


def _concerns(person: Person, activity: Activity) -> bool:
    triggers = registry.triggers_of(activity)
    return any(person.pk in trigger.recipients(activity) for _kind, trigger in triggers)
