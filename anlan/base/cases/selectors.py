"""Questions about cases: what belongs together."""

from anlan.base.cases.models import Case
from anlan.kernel.errors import Missing

#: Merging is a tree by construction; a longer chain is damage, not a matter.
DEEPEST = 32


def root_of(case: str) -> str:
    """Tell the case that a case was merged into, itself when it was not."""
    here = case
    for _ in range(DEEPEST):
        rows = list(Case.objects.filter(pk=here).values_list("parent_id", flat=True))
        if not rows:
            raise Missing("没有这个事件")
        if rows[0] is None:
            return here
        here = rows[0]
    raise Missing(f"事件 {case} 的并案关系成环")


def members(case: str) -> list[str]:
    """List a case and everything merged into it, at any depth."""
    found = [case]
    layer = [case]
    while layer and len(found) < 10_000:
        layer = list(
            Case.objects.filter(parent__in=layer).exclude(pk__in=found).values_list("pk", flat=True)
        )
        found += layer
    return found
