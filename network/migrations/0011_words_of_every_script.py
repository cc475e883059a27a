"""Read the words of posts and mutes anew: mutes are found in more scripts, and show what was typed."""

import re
from collections import defaultdict

from django.db import migrations, models

from network import text

BATCH = 1000
# Mutes were stored without apostrophes: "don't" as "don t", "l'eau" as "l eau".
ENDING = re.compile(r"(?<=\w) (?=(?:t|s|d|m|ll|re|ve)(?: |$))")
ARTICLE = re.compile(r"(?:(?<= )|^)(l|d|j|m|t|s|n|c|qu) (?=\w)")


def joined(tokens):
    return ARTICLE.sub(r"\1'", ENDING.sub("'", tokens))


def read_anew(apps, schema_editor):
    posts = apps.get_model("network", "Post").objects.exclude(words="").order_by("pk")
    chosen = apps.get_model("network", "PollOption").objects
    last = 0
    while batch := list(posts.filter(pk__gt=last).only("pk", "text", "title", "summary", "words")[:BATCH]):
        options = defaultdict(list)
        for post, option in chosen.filter(poll__in=[post.pk for post in batch]).order_by("position").values_list("poll", "text"):
            options[post].append(option)
        for post in batch:
            post.words = text.words(post.text, post.title, post.summary, options[post.pk])
        posts.model.objects.bulk_update(batch, ["words"], batch_size=200)
        last = batch[-1].pk
    mutes = apps.get_model("network", "Mute").objects
    for mute in mutes.exclude(word="").order_by("pk"):
        mute.written = joined(mute.word.strip())[:100]
        word = f" {text.muted_form(mute.written) or mute.written} "
        if word != mute.word and mutes.filter(person=mute.person_id, word=word).exists():
            mute.delete()  # two spellings of one word, now that they are the same
            continue
        mute.word = word[:120]
        mute.save(update_fields=["word", "written"])


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0010_one_follow_by_stream"),
    ]

    operations = [
        migrations.AddField(
            model_name="mute",
            name="written",
            field=models.CharField(blank=True, default="", max_length=100),
        ),
        migrations.RunPython(read_anew, migrations.RunPython.noop, elidable=True),
    ]
