"""Keep when the page behind a link was last looked at."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("permissions", "0002_fewer_indexes")]
    operations = [
        migrations.AddField("link", "opened_at", models.DateTimeField(null=True)),
    ]
