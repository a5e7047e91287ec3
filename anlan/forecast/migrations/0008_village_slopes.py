from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("forecast", "0007_bulletin_unit")]

    operations = [
        migrations.AddField(
            model_name="villageoutlook",
            name="slopes",
            field=models.JSONField(default=list),
        ),
    ]
