from collections import defaultdict

from django.db import migrations, models

BATCH = 1000


def take_over(apps, _editor):
    """Tell of every message that is here who told it, as its arrivals have it."""
    received = apps.get_model("warn", "Received")
    arrivals = apps.get_model("warn", "Arrival")
    told = defaultdict(dict)
    for pk, way, by in (
        arrivals.objects.filter(differs=False)
        .order_by("id")
        .values_list("received_id", "way", "by")
        .iterator(BATCH)
    ):
        told[pk][f"{way}:{by}"] = None
    rows = [received(pk=pk, tellers=list(found)) for pk, found in told.items()]
    received.objects.bulk_update(rows, ["tellers"], batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [("warn", "0012_silent_without_a_call")]

    operations = [
        migrations.AddField(
            model_name="received",
            name="tellers",
            field=models.JSONField(default=list),
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
    ]
