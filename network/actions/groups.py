"""Groups: creating, editing and closing them."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify

from network import text
from network.actions import follows, memberships
from network.actions.finding import find_by_name
from network.actions.locking import hold
from network.actions.recording import TRIES, new_stream, record
from network.actions.republishing import readers_of_topics, republish_group
from network.models import Activity, Follow, FormerSlug, Group, Person, Stream, Topic, details
from network.queries import groups as queries

# Slugs that are addresses of other pages.
RESERVED = frozenset({"new"})
# Characters of the name in a slug; a number or a random part may follow.
NAMED = 45


@dataclass(frozen=True)
class GroupDraft:
    """The settings of a group, as an owner submits them."""

    name: str
    kind: Group.Kind = Group.Kind.OPEN
    description: str = ""
    rules: str = ""
    shows_presence: bool = False


@transaction.atomic
def create(founder: Person, draft: GroupDraft) -> Group:
    """Create a group with the founder as its owner. Names need not be unique. Raises Invalid."""
    group = Group(**_checked(draft))
    group.stream = new_stream(Stream.Kind.GROUP)
    _save_at_free_address(group)
    find_by_name(group)
    hold(founder)
    follows.admit(memberships.found_or_asked(founder, group), Follow.Role.OWNER)
    record(Activity.Type.CREATE, founder, stream=group.stream)
    return group


@transaction.atomic
def edit(owner: Person, group: Group, draft: GroupDraft) -> Group:
    """Change the settings of a group. A new kind also applies to old posts.

    A group that becomes hidden, or is no longer hidden, gets another slug. If a group becomes open, pending
    requests are accepted. Raises Invalid.
    """
    hold(group)
    queries.ensure_role(owner, group, Follow.Role.OWNER)
    former_kind = group.kind
    fields = _checked(draft)
    for name, value in fields.items():
        setattr(group, name, value)
    group.save(update_fields=list(fields))
    find_by_name(group)
    if (former_kind == Group.Kind.HIDDEN) != (group.kind == Group.Kind.HIDDEN):
        FormerSlug.objects.get_or_create(slug=group.slug, group=group)
        _save_at_free_address(group)
    if former_kind != group.kind:
        if group.kind == Group.Kind.OPEN:
            hold(*Topic.objects.filter(threads__post__group=group).distinct())
            hold(owner, *readers_of_topics(group), *memberships.waiting(group))
        republish_group(group)
        if group.kind == Group.Kind.OPEN and group.closed_at is None:
            memberships.let_in_all(owner, group)
    record(Activity.Type.UPDATE, owner, stream=group.stream, detail=details.Update(kind=group.kind))
    return group


@transaction.atomic
def close(owner: Person, group: Group) -> None:
    """Close a group: the same people can read it, and nobody can write or join."""
    hold(group, owner)
    queries.ensure_role(owner, group, Follow.Role.OWNER)
    if group.closed_at is None:
        group.closed_at = timezone.now()
        group.save(update_fields=["closed_at"])
        record(Activity.Type.UPDATE, owner, stream=group.stream, detail=details.Update(closed=True))


def _save_at_free_address(group: Group) -> None:
    """Save a group with a free slug, and try another one if it was taken at the same time."""
    for _try in range(TRIES - 1):
        try:
            with transaction.atomic():
                group.slug = _plain(group.name) if group.kind != Group.Kind.HIDDEN else _random(group.name)
                return group.save()
        except IntegrityError:
            continue
    group.slug = _random(group.name)
    return group.save()


def _random(name: str) -> str:
    """A slug that nobody can guess, so that answers for other slugs reveal nothing about this group."""
    return f"{slugify(name)[:NAMED].strip('-') or 'group'}-{secrets.token_hex(6)}"


def _plain(name: str) -> str:
    """The first free slug of river-watch, river-watch-2, and so on; random if the name has no ASCII."""
    slug = slugify(name)[:NAMED].strip("-")
    if not slug:
        return _random(name)
    like_it = Group.objects.filter(Q(slug=slug) | Q(slug__startswith=f"{slug}-"))
    taken = RESERVED.union(like_it.values_list("slug", flat=True))
    numbered = (f"{slug}-{number}" for number in itertools.count(2))
    return next(free for free in itertools.chain([slug], numbered) if free not in taken)


def _checked(draft: GroupDraft) -> dict[str, Any]:
    rules = text.clean(draft.rules, limit=text.POST, required=False)
    return {
        "name": text.clean(draft.name, limit=text.NAME),
        "kind": draft.kind,
        "description": text.clean(draft.description, limit=text.BIO, required=False),
        "rules": rules,
        "rules_html": text.render(rules, mentions={}, topics={}),
        "shows_presence": draft.shows_presence,
    }
