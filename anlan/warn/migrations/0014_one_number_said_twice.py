from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("warn", "0013_who_told")]

    operations = [
        migrations.RemoveConstraint(model_name="received", name="received_once"),
        migrations.AddConstraint(
            model_name="received",
            constraint=models.UniqueConstraint(
                condition=~Q(identifier="") & ~Q(signature="broken"),
                fields=("identifier", "sent_at", "words", "action", "status", "level"),
                name="received_once",
            ),
        ),
    ]
