from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("warn", "0014_one_number_said_twice")]

    operations = [
        migrations.AddField(
            model_name="alert",
            name="alarm_level",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="standingorder",
            name="signed_only",
            field=models.BooleanField(default=False, verbose_name="只认签名可信的"),
        ),
    ]
