from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def name_places(apps, _editor):
    """Give the scores of stations the code and name of their station."""
    score = apps.get_model("forecast", "Score")
    station = apps.get_model("sense", "Station").objects.filter(pk=OuterRef("station"))
    score.objects.update(
        code=Subquery(station.values("code")[:1]), name=Subquery(station.values("name")[:1])
    )


class Migration(migrations.Migration):
    dependencies = [("forecast", "0003_village_ground"), ("sense", "0005_backfill")]

    operations = [
        migrations.AddField(
            model_name="score",
            name="of",
            field=models.CharField(default="station", max_length=8),
        ),
        migrations.AddField(
            model_name="score",
            name="code",
            field=models.CharField(default="", max_length=64),
        ),
        migrations.AddField(
            model_name="score",
            name="name",
            field=models.CharField(default="", max_length=100),
        ),
        migrations.RunPython(name_places, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="score",
            name="station",
            field=models.ForeignKey(
                null=True,
                on_delete=models.deletion.PROTECT,
                related_name="+",
                to="sense.station",
            ),
        ),
        migrations.RemoveConstraint(model_name="score", name="forecast_score_once"),
        migrations.AddConstraint(
            model_name="score",
            constraint=models.UniqueConstraint(
                fields=("run", "of", "code", "quantity", "lead_from"),
                name="forecast_score_place_once",
            ),
        ),
    ]
