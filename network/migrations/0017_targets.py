import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0016_messages_of_an_author"),
    ]

    operations = [
        migrations.AddField(
            model_name="activity",
            name="target",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="network.person",
            ),
        ),
    ]
