from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("forecast", "0006_basin_ratings")]

    operations = [
        migrations.AddField(
            model_name="bulletin",
            name="unit",
            field=models.CharField(blank=True, default="", max_length=5),
        ),
        migrations.RemoveConstraint(model_name="bulletin", name="forecast_bulletin_once"),
        migrations.AddConstraint(
            model_name="bulletin",
            constraint=models.UniqueConstraint(
                fields=["storm", "sha256", "unit"], name="forecast_bulletin_once"
            ),
        ),
    ]
