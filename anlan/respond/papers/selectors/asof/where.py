"""Of what a moment is asked: of some regions, or of some cases."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from anlan.base.regions import scope


@dataclass(frozen=True)
class Where:
    """Narrows rows to regions (codes, each with all below) or to cases; to both where both are."""

    regions: Sequence[str] = ()
    cases: Sequence[str] = ()

    def rows(self, column: str = "region_id") -> Q:
        """Make the condition for a table with a region's column and a case."""
        wanted = Q(case__in=list(self.cases)) if self.cases else Q()
        if self.regions:
            wanted &= scope.within([scope.prefix(one) for one in self.regions], column)
        return wanted

    def touching(self, regions: Sequence[str]) -> bool:
        """Tell whether something that is for some regions is for any of these."""
        own = [scope.prefix(one) for one in self.regions]
        others = [scope.prefix(one) for one in regions]
        return not own or any(
            one.startswith(other) or other.startswith(one) for one in own for other in others
        )
