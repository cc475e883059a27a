"""Choosing how to be notified: the ways for each kind of notification, and letters."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from feeds.mail import outgoing
from feeds.models import Choice, Mailing
from feeds.notifications import registry
from feeds.notifications.registry import Ways
from network.actions.locking import hold
from network.actions.recording import record
from network.models import Activity, Person, details

Every = Mailing.Every


@transaction.atomic
def choose(person: Person, ways: Mapping[str, tuple[bool, bool]]) -> None:
    """Choose the ways (in Kith, by mail) for some kinds of notifications, from now on."""
    hold(person)
    before = {row.kind: (row.in_kith, row.by_mail) for row in Choice.objects.filter(person=person)}
    defaults = {kind: registry.kind(kind).default_ways for kind in ways}
    changed = {
        kind: Ways(*chosen) for kind, chosen in ways.items() if chosen != before.get(kind, defaults[kind])
    }
    if not changed:
        return
    Choice.objects.filter(person=person, kind__in=changed).delete()
    Choice.objects.bulk_create(
        Choice(person=person, kind=kind, in_kith=chosen.in_kith, by_mail=chosen.by_mail)
        for kind, chosen in changed.items()
        if chosen != defaults[kind]
    )
    _record(person, "notices")


@transaction.atomic
def ask_for(person: Person, *, notices: Every, digest: Every, whole: bool) -> Mailing:
    """Choose which letters to get, and how often. Letters that the person no longer wants are dropped."""
    hold(person)
    asked = {"notices": notices, "digest": digest, "whole": whole}
    mailing, created = Mailing.objects.get_or_create(person=person, defaults=asked)
    if not created:
        if all(getattr(mailing, name) == value for name, value in asked.items()):
            return mailing
        for name, value in asked.items():
            setattr(mailing, name, value)
        mailing.save()
    outgoing.reschedule(mailing)
    _record(person, "letters")
    return mailing


@transaction.atomic
def stop(person: Person, kind: str) -> None:
    """Send a person no more letters of a kind, one of Letter.Kind."""
    hold(person)
    mailing = Mailing.objects.filter(person=person).first() or Mailing(person=person)
    asked = {"notices": mailing.notices, "digest": mailing.digest, kind: Every.NEVER}
    ask_for(person, notices=Every(asked["notices"]), digest=Every(asked["digest"]), whole=mailing.whole)


def _record(person: Person, what: str) -> None:
    record(Activity.Type.UPDATE, person, stream=person.stream, detail=details.Update(of=what))
