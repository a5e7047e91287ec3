"""Special groups: how many people of a household need help."""

from collections.abc import Collection

from django.db.models import Count

from anlan.base.households.models import Resident


def special_count(households: Collection[str]) -> dict[str, int]:
    """Count the residents of households who belong to a special group.

    Only households whose residents are known at all are told; of the others nothing is known.
    """
    rows = Resident.objects.filter(household__in=list(households), retired_at=None)
    known = dict.fromkeys(rows.values_list("household_id", flat=True), 0)
    special = rows.exclude(groups=[]).values_list("household_id")
    return {**known, **dict(special.annotate(n=Count("pk")))}
