from django.db import migrations

from anlan.base.vault.fields import SealedField


class Migration(migrations.Migration):
    dependencies = [("warn", "0016_called_by_another_alert")]

    operations = [
        migrations.AddField(
            model_name="approval",
            name="number",
            field=SealedField(blank=True, default=""),
        ),
    ]
