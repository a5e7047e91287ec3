from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("warn", "0010_station_names_whole")]

    operations = [
        migrations.AddIndex(
            model_name="received",
            index=models.Index(fields=["signature", "sender"], name="received_signing"),
        ),
    ]
