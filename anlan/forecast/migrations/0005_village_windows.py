from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("forecast", "0004_scores_of_places")]

    operations = [
        migrations.AddField(
            model_name="villageoutlook",
            name="windows",
            field=models.JSONField(default=list),
        ),
    ]
