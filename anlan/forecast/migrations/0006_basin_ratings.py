from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("forecast", "0005_village_windows")]

    operations = [
        migrations.AddField(
            model_name="basin",
            name="gauge",
            field=models.ForeignKey(
                blank=True,
                help_text="须有水位监测项",
                null=True,
                on_delete=models.deletion.PROTECT,
                related_name="+",
                to="sense.station",
                verbose_name="出口水位站",
            ),
        ),
        migrations.AddField(
            model_name="basin",
            name="rating",
            field=models.JSONField(
                blank=True,
                help_text="[[水位 m, 流量 m³/s], …]，逐点增大；填了才推算出口水位",
                null=True,
                verbose_name="水位流量关系",
            ),
        ),
    ]
