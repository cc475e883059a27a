from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0015_removals_and_addresses"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="post",
            index=models.Index(
                fields=["author"], name="messages_of_an_author", condition=models.Q(audience="direct")
            ),
        ),
    ]
