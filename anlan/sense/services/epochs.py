"""The count that tells the ingest process to read stations, streams, rules, keys anew."""

from django.db import transaction
from django.db.models import F

from anlan.kernel.ids import new_id
from anlan.sense.models import Epoch


def turn_epoch() -> None:
    """Count one change more; inside the change's transaction, where it also queues rivals."""
    with transaction.atomic():
        mark = new_id()
        if not Epoch.objects.filter(id=1).update(count=F("count") + 1, mark=mark):
            Epoch.objects.get_or_create(id=1, defaults={"count": 1, "mark": mark})
