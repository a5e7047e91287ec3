from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("forecast", "0002_picture_span")]

    operations = [
        migrations.AddField(
            model_name="villageoutlook",
            name="ground",
            field=models.FloatField(null=True),
        ),
    ]
