from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0009_follows_by_covering_indexes"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="follow",
            name="one_follow_a_stream",
        ),
        migrations.AddConstraint(
            model_name="follow",
            constraint=models.UniqueConstraint(fields=("stream", "follower"), name="one_follow_a_stream"),
        ),
    ]
