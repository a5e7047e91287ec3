"""What a region is about to report, kept while it is being gathered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.regions import scope
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid
from anlan.relief import workbooks
from anlan.relief.figures import Figures, read_figures
from anlan.relief.models import LossDraft, LossMatter
from anlan.relief.selectors import matters
from anlan.relief.selectors.totals import merged
from anlan.relief.services.writing import LONGEST, locked


@dataclass(frozen=True, kw_only=True)
class Drafted:
    """What somebody filled in. `version` is that of the draft they saw; 0 where there was none."""

    figures: Mapping[str, object]
    notes: Mapping[str, str] = field(default_factory=dict)
    as_of: datetime | None = None
    remark: str = ""
    version: int = 0


def save_draft(*, matter: str, region: str, drafted: Drafted, by: Actor) -> LossDraft:
    """Keep what a region is about to report; figures that do not agree are kept, too.

    Raises `Invalid` by field for what is no figure, and `Conflict` where somebody else saved
    meanwhile.
    """
    with transaction.atomic():
        row = locked(matter, by, matters.FILL, region)
        place = matters.place_in(row, region)
        figures = read_figures(drafted.figures)
        return _keep(row, place.pk, figures, drafted, by)


def merge_below(*, matter: str, region: str, version: int, by: Actor) -> LossDraft:
    """Put what the regions below told, added up, into a region's draft.

    What nobody told stays as the draft has it: a county knows things that no township does.
    """
    with transaction.atomic():
        row = locked(matter, by, matters.FILL, region)
        place = matters.place_in(row, region)
        sums, _, newest = merged(row, place.pk)
        if newest is None:
            raise Conflict("下级还没有报上来的数字")
        draft = LossDraft.objects.filter(matter=row, region=place).first()
        own: Figures = draft.figures if draft else {}
        told = {key: one.value for key, one in sums.items() if one.value is not None}
        kept = Drafted(
            figures={}, notes=draft.notes if draft else {}, as_of=newest,
            remark=draft.remark if draft else "", version=version,
        )  # fmt: skip
        return _keep(row, place.pk, {**own, **told}, kept, by)


def take_workbook(*, matter: str, raw: bytes, by: Actor) -> list[LossDraft]:
    """Put each row of a sheet into its region's draft; all of them, or none where one is wrong.

    What the sheet leaves blank is not known, as on the page.
    """
    permit(by, matters.FILL)
    matters.seen(by, matter)
    brought = workbooks.read(raw)
    with transaction.atomic():
        made = []
        wrong: dict[str, list[str]] = {}
        for line in brought:
            row = locked(matter, by, matters.FILL, scope.normalise(line.region))
            try:
                place = matters.place_in(row, line.region)
            except Invalid as error:
                wrong[f"{line.row}:{workbooks.CODE}"] = [error.detail]
                continue
            draft = LossDraft.objects.filter(matter=row, region=place).first()
            kept = Drafted(
                figures={}, notes=draft.notes if draft else {},
                remark=draft.remark if draft else "", version=draft.version if draft else 0,
            )  # fmt: skip
            made.append(_keep(row, place.pk, line.figures, kept, by))
        if wrong:
            raise Invalid("表里有的行不能用，一行也没有存", errors=wrong)
    return made


def _keep(row: LossMatter, region: str, figures: Figures, drafted: Drafted, by: Actor) -> LossDraft:
    now = clock.now()
    as_of = drafted.as_of or now
    if as_of > now:
        raise Invalid("数字截至的时间晚于现在", errors={"as_of": ["晚于现在"]})
    draft = LossDraft.objects.select_for_update().filter(matter=row, region=region).first()
    if (draft.version if draft else 0) != drafted.version:
        raise Conflict("这张表刚被别人改过，请先看最新内容")
    if draft is None:
        draft = LossDraft(matter=row, region_id=region, version=0)
    draft.figures, draft.as_of = dict(figures), as_of
    draft.notes = {
        key: text.strip()[:LONGEST] for key, text in drafted.notes.items() if text.strip()
    }
    draft.remark = drafted.remark.strip()[:LONGEST]
    draft.version += 1
    draft.saved_at, draft.saved_by = now, by.ref
    draft.save()
    return draft
