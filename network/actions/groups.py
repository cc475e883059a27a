"""Groups: making one, changing what it says of itself, closing it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from network import text
from network.actions import follows, memberships
from network.actions.locking import hold
from network.actions.recording import new_stream, record
from network.actions.republishing import readers_of_topics, republish_group
from network.errors import Invalid
from network.models import Activity, Follow, Group, Person, Stream, Topic
from network.queries import groups as queries

# A group of this name would stand at an address of ours.
RESERVED = frozenset({"new"})


@dataclass(frozen=True)
class GroupDraft:
    """What an owner says of a group."""

    name: str
    kind: Group.Kind = Group.Kind.OPEN
    description: str = ""
    rules: str = ""
    shows_presence: bool = False


@transaction.atomic
def create(founder: Person, draft: GroupDraft, *, slug: str = "") -> Group:
    """Make a group, owned by its founder. Raises Invalid for a name that is taken."""
    fields = _checked(draft)
    slug = slug or slugify(fields["name"], allow_unicode=False)[:60] or f"group-{secrets.token_hex(4)}"
    if slug in RESERVED or Group.objects.filter(slug=slug).exists():
        raise Invalid(_taken())
    try:
        with transaction.atomic():
            group = Group.objects.create(stream=new_stream(Stream.Kind.GROUP), slug=slug, **fields)
    except IntegrityError:
        raise Invalid(_taken()) from None
    hold(founder)
    follows.admit(memberships.found_or_asked(founder, group), Follow.Role.OWNER)
    record(Activity.Type.CREATE, founder, stream=group.stream)
    return group


@transaction.atomic
def edit(owner: Person, group: Group, draft: GroupDraft) -> Group:
    """Change what a group says of itself, or its kind. The kind applies to old posts as well.

    Into an open group everybody who had asked is let in.
    """
    hold(group)
    queries.ensure_role(owner, group, Follow.Role.OWNER)
    former_kind = group.kind
    fields = _checked(draft)
    for name, value in fields.items():
        setattr(group, name, value)
    group.save(update_fields=list(fields))
    if former_kind != group.kind:
        if group.kind == Group.Kind.OPEN:
            hold(*Topic.objects.filter(threads__post__group=group).distinct())
            hold(owner, *readers_of_topics(group), *memberships.waiting(group))
        republish_group(group)
        if group.kind == Group.Kind.OPEN and group.closed_at is None:
            memberships.let_in_all(owner, group)
    record(Activity.Type.UPDATE, owner, stream=group.stream, detail={"kind": group.kind})
    return group


@transaction.atomic
def close(owner: Person, group: Group) -> None:
    """End a group: it stays readable for those who could read it, and nobody writes or joins."""
    hold(group, owner)
    queries.ensure_role(owner, group, Follow.Role.OWNER)
    if group.closed_at is None:
        group.closed_at = timezone.now()
        group.save(update_fields=["closed_at"])
        record(Activity.Type.UPDATE, owner, stream=group.stream, detail={"closed": True})


def _taken() -> str:
    return _("There is a group with this name already. Choose another.")


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
