"""The target of old activities, whose detail names it as `person`.

Not one transaction: each batch is written by itself, so that nobody waits for the whole table. The detail keeps
`person`, because processes of the former version still read it during the upgrade.
"""

from django.db import migrations

TYPES = ("Accept", "Invite", "Offer", "Remove")
BATCH = 1000


def fill(apps, schema_editor):
    Activity, Person = apps.get_model("network", "Activity"), apps.get_model("network", "Person")
    for rows in _batches(Activity.objects.filter(type__in=TYPES, target=None, detail__has_key="person")):
        named = {row.pk: int(row.detail["person"]) for row in rows}
        people = set(Person.objects.filter(pk__in=set(named.values())).values_list("pk", flat=True))
        known = [row for row in rows if named[row.pk] in people]  # the others name people who were deleted
        for row in known:
            row.target_id = named[row.pk]
        Activity.objects.bulk_update(known, ["target"])


def name_in_detail(apps, schema_editor):
    Activity = apps.get_model("network", "Activity")
    for rows in _batches(Activity.objects.exclude(target=None).exclude(detail__has_key="person")):
        for row in rows:
            row.detail["person"] = str(row.target_id)
        Activity.objects.bulk_update(rows, ["detail"])


def _batches(activities):
    last = 0
    while rows := list(activities.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield rows
        last = rows[-1].pk


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("network", "0017_targets"),
    ]

    operations = [migrations.RunPython(fill, name_in_detail)]
