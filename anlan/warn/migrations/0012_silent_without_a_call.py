import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("warn", "0011_who_signs")]

    operations = [
        migrations.AlterField(
            model_name="silentvillage",
            name="alert",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="warn.alert",
            ),
        ),
        migrations.AlterField(
            model_name="silentvillage",
            name="root",
            field=models.CharField(blank=True, default="", max_length=26),
        ),
        migrations.AlterField(
            model_name="silentvillage",
            name="case",
            field=models.CharField(blank=True, default="", max_length=26),
        ),
    ]
