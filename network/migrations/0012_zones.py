from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0011_words_of_every_script"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="zone",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddField(
            model_name="person",
            name="zone_chosen",
            field=models.BooleanField(default=False),
        ),
    ]
