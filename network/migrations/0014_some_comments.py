"""Follows say which comments they let in: all, some or none; publications know whom a comment answers.

Follows whose settings were never saved let in some from now on, memberships all, the others what they did.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Case, OuterRef, Subquery, Value, When


def choose(apps, schema_editor):
    Follow = apps.get_model("network", "Follow")
    Follow.objects.filter(let_in_comments=False).update(comments="none")
    let_in = Follow.objects.filter(let_in_comments=True)
    let_in.filter(stream__kind="group").update(comments="all")
    kept = list(_saved(apps))
    for start in range(0, len(kept), 500):
        let_in.filter(pk__in=kept[start : start + 500]).update(comments="all")


def _saved(apps):
    """Ids of follows whose settings were saved since they began. A topic may have been merged since."""
    Activity, Follow = apps.get_model("network", "Activity"), apps.get_model("network", "Follow")
    Topic = apps.get_model("network", "Topic")
    led_to = dict(Topic.objects.exclude(alias_of=None).values_list("stream", "alias_of"))
    updates = Activity.objects.filter(type="Update", post=None, detail__of="Follow")
    begun = Activity.objects.filter(type="Follow", actor__in=updates.values("actor"))
    saved = set()
    acts = (updates | begun).order_by("pk").values_list("type", "actor", "stream")
    for type, actor, stream in acts.iterator():
        follow = (actor, led_to.get(stream, stream))
        saved.add(follow) if type == "Update" else saved.discard(follow)
    rows = Follow.objects.filter(follower__in={follower for follower, _stream in saved})
    for pk, *follow in rows.values_list("pk", "follower", "stream").iterator():
        if tuple(follow) in saved:
            yield pk


def choose_less(apps, schema_editor):
    Follow = apps.get_model("network", "Follow")
    Follow.objects.update(let_in_comments=Case(When(comments="none", then=Value(False)), default=Value(True)))


def name_the_answered(apps, schema_editor):
    Publication, Post = apps.get_model("network", "Publication"), apps.get_model("network", "Post")
    answered = Post.objects.filter(pk=OuterRef("activity_id")).values("parent__author")
    Publication.objects.filter(kind="comment").update(answered=Subquery(answered))


class Migration(migrations.Migration):
    dependencies = [("network", "0013_names_by_likeness_and_words")]

    operations = [
        migrations.RemoveIndex(model_name="follow", name="followers_of_a_stream"),
        migrations.RemoveIndex(model_name="follow", name="follows_of_a_person"),
        migrations.RenameField(model_name="follow", old_name="comments", new_name="let_in_comments"),
        migrations.AddField(
            model_name="follow",
            name="comments",
            field=models.CharField(
                choices=[("all", "All"), ("some", "Some"), ("none", "None")], default="some", max_length=4
            ),
        ),
        migrations.RunPython(choose, choose_less),
        migrations.RemoveField(model_name="follow", name="let_in_comments"),
        migrations.AddIndex(
            model_name="follow",
            index=models.Index(
                fields=["stream", "state", "follower", "place", "list", "comments", "reshares"],
                name="followers_of_a_stream",
            ),
        ),
        migrations.AddIndex(
            model_name="follow",
            index=models.Index(
                fields=["follower", "state", "stream", "place", "list", "comments", "reshares"],
                name="follows_of_a_person",
            ),
        ),
        migrations.AddField(
            model_name="publication",
            name="answered",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="network.person",
            ),
        ),
        migrations.RunPython(name_the_answered, migrations.RunPython.noop),
        migrations.RemoveIndex(model_name="publication", name="newest_of_a_stream"),
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(
                fields=["stream", "-activity", "kind", "thread", "actor", "answered"],
                name="newest_of_a_stream",
            ),
        ),
        migrations.AlterField(
            model_name="post",
            name="thread",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="network.post",
            ),
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(fields=["thread", "author", "id"], name="people_of_a_thread"),
        ),
    ]
