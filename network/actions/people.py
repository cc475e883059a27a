"""People: registration, profile, handle and settings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from network import text, zones
from network.actions import follows
from network.actions.drafts import LANGUAGE
from network.actions.finding import find_by_name
from network.actions.links import Link, check_links, within_most
from network.actions.locking import hold
from network.actions.recording import new_stream, record
from network.errors import Invalid, NotVisible
from network.models import Activity, Follow, FormerHandle, Person, Stream, User
from network.queries import people as queries
from network.text import likeness

HANDLE = re.compile(r"[a-z0-9](?:[a-z0-9_.]{1,28}[a-z0-9])")
HANDLE_RULE = gettext_lazy("Use 3 to 30 of a-z, 0-9, dot and underscore, with a letter or digit at each end.")
# Handles that look like staff, and like a page.
ROLES = frozenset({"admin", "administrator", "kith", "moderator", "root", "staff", "support"})
RESERVED = ROLES | {"help", "me"}
# Words that make any handle look like staff: "kith_admin".
_SPEAKING = frozenset(map(likeness.reading, {"admin", "administrator", "kith", "moderator"}))
_ROLES, _RESERVED = (frozenset(map(likeness.reading, words)) for words in (ROLES, RESERVED))
# Nobody else can ever take a former handle.
MOST_FORMER = 10


M = TypeVar("M")


@dataclass(frozen=True)
class Profile:
    """The profile of a person, as they submit it."""

    name: str
    bio: str = ""
    links: tuple[Link, ...] = ()
    knows: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    language: str = "en"


@dataclass(frozen=True)
class Privacy:
    approves_followers: bool
    hides_follows: bool
    shows_presence: bool = True


@transaction.atomic
def register(handle: str, name: str, *, user: User | None = None) -> Person:
    """Create a person. Raises Invalid for a handle or name that is taken, reserved or malformed."""
    handle = check_handle(handle)
    person = Person(user=user, handle=handle, skeleton=likeness.skeleton(handle))
    person.name = check_name(name, person)
    person.stream = new_stream(Stream.Kind.PERSON)
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError:
        raise Invalid(taken(handle)) from None
    find_by_name(person)
    record(Activity.Type.CREATE, person, stream=person.stream)
    return person


@transaction.atomic
def describe(person: Person, profile: Profile) -> Person:
    """Change the profile. Raises Invalid, also for lists with more than 20 lines."""
    if not LANGUAGE.fullmatch(profile.language):
        raise Invalid(_("Choose a language from the list."))
    person.name = check_name(profile.name, person)
    person.bio = text.clean(profile.bio, limit=text.BIO, required=False)
    person.bio_html = text.render(person.bio, mentions={}, topics={})
    person.links = [{"title": link.title, "url": link.url} for link in check_links(profile.links)]
    person.knows = check_items(profile.knows)
    person.wants = check_items(profile.wants)
    person.language = profile.language
    person.save(update_fields=["name", "bio", "bio_html", "links", "knows", "wants", "language"])
    find_by_name(person)
    record(Activity.Type.UPDATE, person, stream=person.stream)
    return person


@transaction.atomic
def rename(person: Person, handle: str) -> Person:
    """Change the handle. The former one redirects to the person, and nobody else can take it.

    Raises Invalid as `register` does, and after MOST_FORMER former handles.
    """
    hold(person)
    person.refresh_from_db(fields=["handle"])
    handle = check_handle(handle, person)
    if handle == person.handle:
        return person
    try:
        with transaction.atomic():
            _take(person, handle)
    except IntegrityError:
        raise Invalid(taken(handle)) from None
    person.handle = handle
    find_by_name(person)
    record(Activity.Type.UPDATE, person, stream=person.stream)
    return person


def set_privacy(person: Person, privacy: Privacy) -> Person:
    """Change whether a person approves followers, shows their follows, and shows presence in groups.

    If followers need no approval any more, pending requests are accepted, each in its own transaction: a
    common one would lock `person` before people with smaller ids.
    """
    _keep_privacy(person, privacy)
    if not privacy.approves_followers:
        waiting = Follow.objects.filter(stream=person.pk, state=Follow.State.REQUESTED)
        for follow in waiting.select_related("follower__stream"):
            with suppress(NotVisible):  # the request was withdrawn meanwhile
                follows.accept(person, follow.follower)
    return person


@transaction.atomic
def _keep_privacy(person: Person, privacy: Privacy) -> None:
    hold(person)
    person.approves_followers = privacy.approves_followers
    person.hides_follows = privacy.hides_follows
    person.shows_presence = privacy.shows_presence
    person.save(update_fields=["approves_followers", "hides_follows", "shows_presence"])
    record(Activity.Type.UPDATE, person, stream=person.stream)


@transaction.atomic
def set_reading(person: Person, *, scheme: Person.Scheme, letter_keys: bool, zone: str = "") -> Person:
    """Choose the colour scheme, single-letter shortcuts and the time zone: "" is the zone of the device.

    Raises Invalid for an unknown zone.
    """
    if zone:
        person.zone = _zone(zone)
    person.zone_chosen = bool(zone)
    person.scheme = scheme
    person.letter_keys = letter_keys
    person.save(update_fields=["scheme", "letter_keys", "zone", "zone_chosen"])
    record(Activity.Type.UPDATE, person, stream=person.stream)
    return person


@transaction.atomic
def follow_device(person: Person, zone: str) -> None:
    """Store the zone of the device, unless the person chose one. Raises Invalid for an unknown zone."""
    changed = Person.objects.filter(pk=person.pk, zone_chosen=False).exclude(zone=_zone(zone))
    if changed.update(zone=zone):
        record(Activity.Type.UPDATE, person, stream=person.stream)


def _zone(name: str) -> str:
    if not zones.is_known(name):
        raise Invalid(_("There is no time zone of that name. Choose one from the list."))
    return name


def _take(person: Person, handle: str) -> None:
    FormerHandle.objects.filter(handle=handle, person=person).delete()
    former = FormerHandle(handle=person.handle, skeleton=likeness.skeleton(person.handle), person=person)
    former.save(force_insert=True)
    skeleton: str | None = likeness.skeleton(handle)
    # An older handle of somebody else may look like an own former handle, which can be taken again.
    if Person.objects.filter(skeleton=skeleton).exclude(pk=person.pk).exists():
        skeleton = None
    Person.objects.filter(pk=person.pk).update(handle=handle, skeleton=skeleton)
    # An administrator without a person may have this username.
    User.objects.filter(person=person).update(username=handle)


def check_handle(raw: str, owner: Person | None = None) -> str:
    """The normal form of a handle, if `owner` (None: a new person) may take it. Raises Invalid.

    A present or former handle of `owner` is allowed. Others must not look like the handle of somebody else or
    like staff.
    """
    handle = raw.strip().lower()
    if not HANDLE.fullmatch(handle):
        raise Invalid(HANDLE_RULE)
    if owner is not None and queries.had_handle(owner, handle):
        return handle
    parts = {likeness.reading(part).removesuffix("s") for part in re.split(r"[._]", handle)}
    is_role = not parts.isdisjoint(_SPEAKING) or likeness.reading(handle.strip("0123456789_.")) in _ROLES
    if is_role or likeness.reading(handle) in _RESERVED or queries.looks_like_another(handle, owner):
        raise Invalid(taken(handle))
    if owner is not None:
        _ensure_may_leave_one(owner, handle)
    return handle


def check_name(raw: str, owner: Person) -> str:
    """The name as it is stored, if `owner` may have it. Raises Invalid.

    Names need not be unique, but must not look like a role or like the name of a staff member.
    """
    name = text.clean(raw, limit=text.NAME)
    user = owner.user
    if name == owner.name or (user is not None and (user.is_staff or user.is_superuser)):
        return name
    read, words = likeness.reading(name), likeness.readings(name)
    theirs = {likeness.reading(one) for one in queries.names_of_staff()} - {""}
    if read in _ROLES | theirs or (words and {word.removesuffix("s") for word in words} <= _ROLES):
        raise Invalid(_("This name could be taken for somebody who runs this site. Choose another."))
    return name


def _ensure_may_leave_one(owner: Person, handle: str) -> None:
    if FormerHandle.objects.filter(person=owner).exclude(handle=handle).count() >= MOST_FORMER:
        raise Invalid(
            _("You have left %(most)d usernames, and no more can be kept for you. Take one of those again.")
            % {"most": MOST_FORMER}
        )


def taken(handle: str) -> str:
    return _("“%(handle)s” is taken. Choose another.") % {"handle": handle}


def check_items(raw: Iterable[str]) -> list[str]:
    """The lines of `knows` or `wants` as they are stored, without repetitions. Raises Invalid."""
    cleaned = (text.clean(item, limit=text.NAME) for item in raw if item.strip())
    return within_most(list(dict.fromkeys(cleaned)))
