"""Loss figures of a region and those below it, as a workbook."""

from anlan.base.permissions.actor import Actor
from anlan.relief import workbooks
from anlan.relief.selectors import matters
from anlan.relief.selectors.sheets import here_for
from anlan.relief.selectors.totals import of


def workbook(actor: Actor, matter: str, region: str = "") -> tuple[str, bytes]:
    """Write the figures of a region and of those below it; returns a file name and the bytes."""
    row = matters.seen(actor, matter)
    here = here_for(actor, row, region)
    now = of(row, here.pk)
    places = list(matters.below(here))
    said = matters.latest(row.pk, [one.pk for one in places])
    total = workbooks.Line(
        region=here.pk, name=workbooks.TOTAL if places else here.name,
        figures={one.field: one.value for one in now.figures if one.value is not None},
        at_least=frozenset(one.field for one in now.figures if one.is_lower_bound),
    )  # fmt: skip
    lines = [
        workbooks.Line(
            region=one.pk, name=one.name,
            figures=said[one.pk].figures if one.pk in said else {},
            at_least=frozenset(said[one.pk].at_least) if one.pk in said else frozenset(),
        )
        for one in places
    ]  # fmt: skip
    title = f"{row.title}灾情统计表（{here.name}）"
    return f"{title}.xlsx", workbooks.write(title, now.as_of, total, lines)
