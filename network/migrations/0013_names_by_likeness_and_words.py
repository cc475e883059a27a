from collections.abc import Iterator

import django.db.models.deletion
from django.db import migrations, models

from network.text import search_words
from network.text.likeness import skeleton

BATCH = 2000


def keep_skeletons(apps, schema_editor):
    """Give each handle its skeleton; of people who look alike the earliest keeps it."""
    Person, FormerHandle = apps.get_model("network", "Person"), apps.get_model("network", "FormerHandle")
    taken = set()
    people = Person.objects.filter(domain="").order_by("pk").only("pk", "handle")
    for batch in batches(people.iterator(BATCH)):
        for person in batch:
            own = skeleton(person.handle)
            person.skeleton = None if own in taken else own
            taken.add(own)
        Person.objects.bulk_update(batch, ["skeleton"])
    for batch in batches(FormerHandle.objects.order_by("pk").iterator(BATCH)):
        for former in batch:
            former.skeleton = skeleton(former.handle)
        FormerHandle.objects.bulk_update(batch, ["skeleton"])


def keep_words(apps, schema_editor):
    """Write down by which words all that has a name is found."""
    SearchWord = apps.get_model("network", "SearchWord")
    named = {
        "Person": lambda one: search_words(one.name) | search_words(one.handle),
        "Topic": lambda one: search_words(one.title, inside=True) | search_words(one.name, inside=True),
        "Group": lambda one: search_words(one.name, inside=True) | search_words(one.description),
    }
    for model, words in named.items():
        for batch in batches(apps.get_model("network", model).objects.order_by("pk").iterator(BATCH)):
            rows = (SearchWord(stream_id=one.pk, word=word) for one in batch for word in sorted(words(one)))
            SearchWord.objects.bulk_create(rows, batch_size=BATCH)


def batches(rows) -> Iterator[list]:
    batch = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


class Migration(migrations.Migration):
    dependencies = [("network", "0012_zones")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="skeleton",
            field=models.CharField(editable=False, max_length=60, null=True),
        ),
        migrations.AddField(
            model_name="formerhandle",
            name="skeleton",
            field=models.CharField(default="", editable=False, max_length=60),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("word", models.CharField(max_length=80)),
                (
                    "stream",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="search_words",
                        to="network.stream",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="searchword",
            constraint=models.UniqueConstraint(
                fields=("word", "stream"),
                name="one_search_word_a_stream",
                opclasses=["varchar_pattern_ops", "int8_ops"],
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(fields=("skeleton",), name="one_person_a_skeleton"),
        ),
        migrations.AddIndex(
            model_name="formerhandle",
            index=models.Index(fields=["skeleton"], name="former_handles_by_skeleton"),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                condition=models.Q(("is_staff", True), ("is_superuser", True), _connector="OR"),
                fields=["id"],
                name="users_of_staff",
            ),
        ),
        # Last, for PostgreSQL alters no table of which rows wait for their checks.
        migrations.RunPython(keep_skeletons, migrations.RunPython.noop),
        migrations.RunPython(keep_words, migrations.RunPython.noop),
    ]
