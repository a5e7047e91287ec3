"""Destroying what the lists of a matter keep of persons, with everything else kept for its case."""

from collections.abc import Collection

from anlan.base.households.services import erase
from anlan.base.permissions.actor import Actor
from anlan.relief.models import Casualty, DamagedHouse, LossMatter


def destroy_lists(*, cases: Collection[str], by: Actor) -> int:
    """Destroy the keys of the dead, the missing and the owners listed for some cases.

    In the caller's transaction; returns how many keys. What was counted stays counted.
    """
    matters = list(LossMatter.objects.filter(case__in=cases).values_list("code", flat=True))
    listed = [
        pk
        for model in (Casualty, DamagedHouse)
        for pk in model._default_manager.filter(matter__in=matters).values_list("pk", flat=True)
    ]
    return sum(erase(subject=pk, by=by) for pk in sorted(listed))
