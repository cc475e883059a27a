"""Choosing how one hears: by kinds of notices, and by letters."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from feeds.mail import outgoing
from feeds.models import Choice, Mailing, Notification
from feeds.notifications.filters import usual
from network.actions.locking import hold
from network.actions.recording import record
from network.models import Activity, Person, details

Kind = Notification.Kind
Every = Mailing.Every


@transaction.atomic
def choose(person: Person, ways: Mapping[Kind, tuple[bool, bool]]) -> None:
    """For some kinds of notices, say whether they come in Kith and whether by mail, from now on."""
    hold(person)
    before = {row.kind: (row.in_kith, row.by_mail) for row in Choice.objects.filter(person=person)}
    changed = {kind: chosen for kind, chosen in ways.items() if chosen != before.get(kind, usual(kind))}
    if not changed:
        return
    Choice.objects.filter(person=person, kind__in=changed).delete()
    Choice.objects.bulk_create(
        Choice(person=person, kind=kind, in_kith=in_kith, by_mail=by_mail)
        for kind, (in_kith, by_mail) in changed.items()
        if (in_kith, by_mail) != usual(kind)
    )
    _record(person, "notices")


@transaction.atomic
def ask_for(person: Person, *, notices: Every, digest: Every, whole: bool) -> Mailing:
    """Say which letters one wants, and how often; none of them to be sent is owed any more."""
    hold(person)
    asked = {"notices": notices, "digest": digest, "whole": whole}
    mailing, created = Mailing.objects.get_or_create(person=person, defaults=asked)
    if not created:
        if all(getattr(mailing, name) == value for name, value in asked.items()):
            return mailing
        for name, value in asked.items():
            setattr(mailing, name, value)
        mailing.save()
    outgoing.begin_anew(mailing)
    _record(person, "letters")
    return mailing


@transaction.atomic
def stop(person: Person, kind: str) -> None:
    """Send a person no more letters of a kind (one of Letter.Kind), as they asked from one of them."""
    hold(person)
    mailing = Mailing.objects.filter(person=person).first() or Mailing(person=person)
    asked = {"notices": mailing.notices, "digest": mailing.digest, kind: Every.NEVER}
    ask_for(person, notices=Every(asked["notices"]), digest=Every(asked["digest"]), whole=mailing.whole)


def _record(person: Person, what: str) -> None:
    record(Activity.Type.UPDATE, person, stream=person.stream, detail=details.Update(of=what))
