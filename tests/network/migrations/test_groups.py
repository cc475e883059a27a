"""Migrations of groups, invitations and removals convert the stored rows in both directions."""

from __future__ import annotations

import re
from datetime import timedelta

from django.utils import timezone

from network.actions.recording import record
from network.models import Activity, Group, Person
from tests.network.migrations.conftest import Migrate
from tests.support import factories

BEFORE, AFTER = "0014_some_comments", "0015_removals_and_addresses"


def test_removed_members_are_found_in_the_activities(migrate: Migrate) -> None:
    ada, *others = (factories.person(name) for name in ("ada", "out", "declined", "accepted", "invited", "back"))
    out, declined, accepted, invited, back = others
    group = factories.group(ada, Group.Kind.REQUEST)

    def note(type: Activity.Type, actor: Person, **detail: str) -> None:
        activity = record(type, actor, stream=group.stream)
        Activity.objects.filter(pk=activity.pk).update(detail=detail)

    for person in others:
        state = "requested" if person == declined else "accepted"
        note(Activity.Type.REMOVE, ada, person=str(person.pk), state=state)
    note(Activity.Type.REMOVE, ada, **{"from": "watched"})
    note(Activity.Type.JOIN, out, state="accepted")  # by the link that they had used; then they left
    note(Activity.Type.ACCEPT, ada, of="Join", person=str(accepted.pk))
    note(Activity.Type.INVITE, ada, person=str(invited.pk))
    note(Activity.Type.JOIN, invited, state="accepted")
    factories.join(back, group)
    note(Activity.Type.REMOVE, ada, person="1", state="accepted")  # of a person who was deleted
    migrate.to(BEFORE)
    removals = migrate.to(AFTER).get_model("network", "Removal").objects
    assert list(removals.values_list("group", "person")) == [(group.pk, out.pk)]


def test_the_newest_invitation_of_a_person_by_a_member_is_kept(migrate: Migrate) -> None:
    ada, ben, chi = (factories.person(name) for name in ("ada", "ben", "chi"))
    group = factories.group(ada)
    made = migrate.to(BEFORE).get_model("network", "Invitation").objects
    ends = timezone.now() + timedelta(days=1)
    for number, (inviter, person) in enumerate(
        [(ada, ben), (ada, ben), (chi, ben), (ada, None), (ada, None)]
    ):
        made.create(
            token=f"token{number}",
            group_id=group.pk,
            inviter_id=inviter.pk,
            person_id=person and person.pk,
            expires_at=ends,
        )
    kept = migrate.to(AFTER).get_model("network", "Invitation").objects.order_by("pk")
    assert [one.token for one in kept] == ["token1", "token2", "token3", "token4"]


def test_hidden_groups_get_new_urls_and_the_old_ones_when_migrated_back(migrate: Migrate) -> None:
    ada = factories.person("ada")
    groups = [factories.group(ada, name=name) for name in ("Open", "Hidden", "Taken")]
    old = migrate.to(BEFORE).get_model("network", "Group").objects
    old.filter(slug__in=("hidden", "taken")).update(kind="hidden")
    apps = migrate.to(AFTER)
    new = apps.get_model("network", "Group").objects
    opened, hidden, taken = (new.get(pk=group.pk) for group in groups)
    assert opened.slug == "open"
    assert re.fullmatch("hidden-[0-9a-f]{12}", hidden.slug)
    former = apps.get_model("network", "FormerSlug").objects.order_by("slug").values_list("slug", "group")
    assert list(former) == [("hidden", hidden.pk), ("taken", taken.pk)]
    new.filter(pk=opened.pk).update(slug="taken")
    migrate.to(BEFORE)
    assert dict(old.values_list("pk", "slug")) == {
        opened.pk: "taken",
        hidden.pk: "hidden",
        taken.pk: taken.slug,
    }
