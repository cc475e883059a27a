import secrets

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Exists, OuterRef


def from_activities(apps, schema_editor):
    """Who was removed before today: by the last Remove of a member whom no moderator let in since.

    A moderator lets somebody in by accepting a request, or by an invitation that they join by.
    """
    Activity = apps.get_model("network", "Activity")
    Follow = apps.get_model("network", "Follow")
    Group = apps.get_model("network", "Group")
    Person = apps.get_model("network", "Person")
    Removal = apps.get_model("network", "Removal")
    groups = Group.objects.filter(stream__activities__type="Remove").values("pk")
    acts = Activity.objects.filter(stream__in=groups, type__in=("Remove", "Accept", "Invite", "Join"))
    removed, invited = set(), set()
    for type, stream, actor, detail in acts.order_by("pk").values_list("type", "stream", "actor", "detail").iterator():
        pair = (stream, int(detail.get("person", actor)))
        if type == "Remove" and detail.get("state") == "accepted":
            removed.add(pair)
            invited.discard(pair)
        elif type == "Invite" and "person" in detail:
            invited.add(pair)
        elif type == "Accept" or (type == "Join" and detail.get("state") == "accepted" and pair in invited):
            removed.discard(pair)
    members = set(Follow.objects.filter(stream__in=groups, state="accepted").values_list("stream", "follower"))
    people = set(Person.objects.filter(pk__in={person for _, person in removed}).values_list("pk", flat=True))
    Removal.objects.bulk_create(
        Removal(group_id=group, person_id=person)
        for group, person in sorted(removed - members)
        if person in people
    )


def one_invitation_a_person(apps, schema_editor):
    """Of several invitations of one person by the same member, the newest stays."""
    Invitation = apps.get_model("network", "Invitation")
    same = Invitation.objects.filter(group=OuterRef("group"), person=OuterRef("person"), inviter=OuterRef("inviter"))
    Invitation.objects.filter(Exists(same.filter(pk__gt=OuterRef("pk")))).delete()


def move_hidden_groups(apps, schema_editor):
    """Hidden groups get an address with a random part; the former one leads their members there."""
    FormerSlug = apps.get_model("network", "FormerSlug")
    Group = apps.get_model("network", "Group")
    for group in Group.objects.filter(kind="hidden"):
        FormerSlug.objects.create(slug=group.slug, group=group)
        group.slug = f"{group.slug[:45].strip('-')}-{secrets.token_hex(6)}"
        group.save(update_fields=["slug"])


def move_back(apps, schema_editor):
    FormerSlug = apps.get_model("network", "FormerSlug")
    Group = apps.get_model("network", "Group")
    for former in FormerSlug.objects.filter(group__kind="hidden").order_by("pk"):
        if not Group.objects.filter(slug=former.slug).exists():
            Group.objects.filter(pk=former.group_id).update(slug=former.slug)


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0014_some_comments"),
    ]

    operations = [
        migrations.CreateModel(
            name="Removal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="removals", to="network.group"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="removals", to="network.person"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("group", "person"), name="one_removal_a_person")],
            },
        ),
        migrations.CreateModel(
            name="FormerSlug",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("slug", models.SlugField(max_length=60)),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_slugs",
                        to="network.group",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("slug", "group"), name="one_former_slug_a_group")
                ],
            },
        ),
        migrations.RunPython(one_invitation_a_person, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                fields=("group", "person", "inviter"), name="one_invitation_a_person"
            ),
        ),
        migrations.RunPython(from_activities, migrations.RunPython.noop),
        migrations.RunPython(move_hidden_groups, move_back),
    ]
