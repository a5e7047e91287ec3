"""People moved as a figure of the situation: what may ask for a response."""

from anlan.base.regions import scope
from anlan.respond.evacuation.models import Evacuation
from anlan.respond.evacuation.selectors.counting import sums, tally
from anlan.respond.responses.figures import Counted

MOVED = ("shelter", "relatives")


def people_moved(region: str) -> Counted:
    """Count who is out of danger in batches under way; None where none is under way.

    Of whom nobody knows how many they are can only add to it.
    """
    batches = list(scope.below(Evacuation.objects.filter(state="ordered"), region))
    if not batches:
        return Counted(None)
    parts = [sums(tally(one.pk).values()).parts for one in batches]
    moved = sum(part[key].people for part in parts for key in MOVED)
    return Counted(float(moved), max(one.ordered_at or one.created_at for one in batches))
