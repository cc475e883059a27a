from django.db import migrations, models


class Migration(migrations.Migration):
    """Packages register their kinds of notifications, so the columns have no closed list. Changes no table."""

    dependencies = [
        ("feeds", "0003_invited"),
    ]

    operations = [
        migrations.AlterField("choice", "kind", models.CharField(max_length=8)),
        migrations.AlterField("notification", "kind", models.CharField(max_length=8)),
    ]
