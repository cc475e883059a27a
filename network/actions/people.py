"""People: coming, saying who one is, and the switches that are one's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from network import text
from network.actions import follows
from network.actions.drafts import LANGUAGE
from network.actions.locking import hold
from network.actions.recording import new_stream, record
from network.errors import Invalid, NotVisible
from network.models import Activity, Follow, FormerHandle, Person, Stream, User

HANDLE = re.compile(r"[a-z0-9](?:[a-z0-9_.]{1,28}[a-z0-9])")
HANDLE_RULE = gettext_lazy("Use 3 to 30 of a-z, 0-9, dot and underscore, with a letter or digit at each end.")
# Words that would read as a page or as somebody who speaks for the place.
RESERVED = frozenset(
    {"admin", "administrator", "kith", "root", "support", "help", "staff", "moderator", "me"}
)
MOST_ITEMS = 20
# Each stays a person's own for good, so that nobody else is found under it.
MOST_FORMER = 10


M = TypeVar("M")


@dataclass(frozen=True)
class Link:
    title: str
    url: str


@dataclass(frozen=True)
class Profile:
    """What a person says of themselves."""

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
    """Bring a new person in. Raises Invalid for a handle that is taken, kept, or not one."""
    person = Person(user=user, handle=check_handle(handle), name=text.clean(name, limit=text.NAME))
    person.stream = new_stream(Stream.Kind.PERSON)
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError:
        raise Invalid(taken(handle)) from None
    record(Activity.Type.CREATE, person, stream=person.stream)
    return person


@transaction.atomic
def describe(person: Person, profile: Profile) -> Person:
    """Say who one is. Raises Invalid, also for more than MOST_ITEMS of anything."""
    if not LANGUAGE.fullmatch(profile.language):
        raise Invalid(_("Choose a language from the list."))
    person.name = text.clean(profile.name, limit=text.NAME)
    person.bio = text.clean(profile.bio, limit=text.BIO, required=False)
    person.bio_html = text.render(person.bio, mentions={}, topics={})
    person.links = [{"title": link.title, "url": link.url} for link in check_links(profile.links)]
    person.knows = check_items(profile.knows)
    person.wants = check_items(profile.wants)
    person.language = profile.language
    person.save(update_fields=["name", "bio", "bio_html", "links", "knows", "wants", "language"])
    record(Activity.Type.UPDATE, person, stream=person.stream)
    return person


@transaction.atomic
def rename(person: Person, handle: str) -> Person:
    """Take another handle; the former one leads here and stays one's own.

    Raises Invalid for a handle as above, and for a new one past MOST_FORMER.
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
    record(Activity.Type.UPDATE, person, stream=person.stream)
    return person


def set_privacy(person: Person, privacy: Privacy) -> Person:
    """Say whether one approves followers, shows whom one follows, and shows in groups that one is here.

    Who approves no longer has nothing to approve: the requests that wait are accepted, each in a transaction
    of its own. In one with the change it would hold `person` before others whose ids are smaller.
    """
    _keep_privacy(person, privacy)
    if not privacy.approves_followers:
        waiting = Follow.objects.filter(stream=person.pk, state=Follow.State.REQUESTED)
        for follow in waiting.select_related("follower__stream"):
            with suppress(NotVisible):  # they took it back meanwhile
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
def set_reading(person: Person, *, scheme: Person.Scheme, letter_keys: bool) -> Person:
    """Choose paper or slate, and whether single letters are keys."""
    person.scheme = scheme
    person.letter_keys = letter_keys
    person.save(update_fields=["scheme", "letter_keys"])
    record(Activity.Type.UPDATE, person, stream=person.stream)
    return person


def _take(person: Person, handle: str) -> None:
    FormerHandle.objects.filter(handle=handle, person=person).delete()
    FormerHandle.objects.create(handle=person.handle, person=person)
    Person.objects.filter(pk=person.pk).update(handle=handle)
    # A user without a person, such as one who administers, may have that name.
    User.objects.filter(person=person).update(username=handle)


def check_handle(raw: str, owner: Person | None = None) -> str:
    """The handle in its normal form, if `owner` (or a newcomer) may take it. Raises Invalid."""
    handle = raw.strip().lower()
    if not HANDLE.fullmatch(handle):
        raise Invalid(HANDLE_RULE)
    others = Person.objects.filter(handle=handle, domain="")
    formers = FormerHandle.objects.filter(handle=handle)
    if owner is not None:
        others, formers = others.exclude(pk=owner.pk), formers.exclude(person=owner)
    if handle in RESERVED or others.exists() or formers.exists():
        raise Invalid(taken(handle))
    if owner is not None and handle != owner.handle:
        _ensure_may_leave_one(owner, handle)
    return handle


def _ensure_may_leave_one(owner: Person, handle: str) -> None:
    if FormerHandle.objects.filter(person=owner).exclude(handle=handle).count() >= MOST_FORMER:
        raise Invalid(
            _("You have left %(most)d handles, and no more can be kept for you. Take one of those again.")
            % {"most": MOST_FORMER}
        )


def taken(handle: str) -> str:
    return _("“%(handle)s” is taken. Choose another.") % {"handle": handle}


def check_items(raw: Iterable[str]) -> list[str]:
    """What somebody knows or wants to learn as it is stored, once each. Raises Invalid for too many."""
    cleaned = (text.clean(item, limit=text.NAME) for item in raw if item.strip())
    return _within_most(list(dict.fromkeys(cleaned)))


def _within_most(items: list[M]) -> list[M]:
    if len(items) > MOST_ITEMS:
        raise Invalid(
            _("These are %(number)d lines; there is room for %(most)d. Take some out.")
            % {"number": len(items), "most": MOST_ITEMS}
        )
    return items


def check_links(links: Iterable[Link]) -> Iterator[Link]:
    """The links as they are stored. Raises Invalid for one that no browser should follow, or too many."""
    for link in _within_most(list(links)):
        url = text.clean(link.url, limit=text.BIO)
        if not re.fullmatch(r"https?://[^\s/?#]+\S*", url):
            raise Invalid(_("Links start with https:// or http://."))
        title = text.clean(link.title, limit=text.NAME, required=False)
        yield Link(title or url.partition("//")[2][: text.NAME.most], url)
