"""A matter whose losses are counted, with a report, and how each address of losses is asked."""

from io import BytesIO
from typing import Any

from anlan.base.permissions.models import User
from anlan.base.permissions.selectors import actor_of
from anlan.kernel import clock
from anlan.relief import services
from tests.declarations.demo_rows import COUNTY, VILLAGE
from tests.rights.asking import Ask


def put_up(ids: dict[str, str]) -> None:
    """Add a matter, its county's first report and the draft of the next."""
    section = actor_of(User.objects.get(username="section"))
    matter = services.open_matter(
        occurrence=services.Occurrence(
            hazard="typhoon", region=COUNTY, title="演示台风", occurred_at=clock.now()
        ),
        by=section,
    )
    ids["losses"] = matter.pk
    drafted = services.Drafted(figures={"affected": 12, "dead": 0})
    for where in (COUNTY, VILLAGE):
        services.save_draft(matter=matter.pk, region=where, drafted=drafted, by=section)
        made = services.hand_in(matter=matter.pk, region=where, version=1, by=section)
        services.save_draft(matter=matter.pk, region=where, drafted=drafted, by=section)
        ids["loss-report"] = ids.get("loss-report") or made.pk


def _file() -> dict[str, Any]:
    file = BytesIO(b"not a workbook")
    file.name = "losses.xlsx"
    return {"file": file}


COUNTY_DRAFT = {"region": COUNTY, "version": 1}
FILLED = {"region": COUNTY, "version": 1, "figures": {"affected": 13}}

LOSSES: dict[str, tuple[Ask, ...]] = {
    "GET /losses": (Ask("/losses"),),
    "POST /losses": (
        Ask(
            "/losses",
            {"hazard": "rainstorm", "region": COUNTY, "title": "演示暴雨",
             "occurred_at": "2026-01-01T00:00:00+08:00"},
        ),
    ),
    "GET /losses/survey": (Ask("/losses/survey", same=True),),
    "GET /losses/{matter}": (
        Ask("/losses/{losses}"),
        Ask(f"/losses/{{losses}}?region={COUNTY}", note="county"),
    ),
    "GET /losses/{matter}/sheet": (
        Ask(f"/losses/{{losses}}/sheet?region={COUNTY}", note="county"),
        Ask(f"/losses/{{losses}}/sheet?region={VILLAGE}", note="village"),
    ),
    "PUT /losses/{matter}/sheet": (
        Ask("/losses/{losses}/sheet", FILLED, note="county"),
        Ask("/losses/{losses}/sheet", {**FILLED, "region": VILLAGE}, note="village"),
    ),
    "POST /losses/{matter}/sheet/merge": (Ask("/losses/{losses}/sheet/merge", COUNTY_DRAFT),),
    "POST /losses/{matter}/sheet/workbook": (
        Ask("/losses/{losses}/sheet/workbook", form=_file, note="no workbook"),
    ),
    "GET /losses/{matter}/workbook.xlsx": (
        Ask(f"/losses/{{losses}}/workbook.xlsx?region={COUNTY}"),
    ),
    "GET /losses/{matter}/reports": (Ask(f"/losses/{{losses}}/reports?region={COUNTY}"),),
    "POST /losses/{matter}/reports": (
        Ask("/losses/{losses}/reports", COUNTY_DRAFT, note="county"),
        Ask("/losses/{losses}/reports", {"region": VILLAGE, "version": 1}, note="village"),
    ),
    "POST /losses/{matter}/unchanged": (Ask("/losses/{losses}/unchanged", COUNTY_DRAFT),),
    "GET /losses/reports/{report}/paper.docx": (Ask("/losses/reports/{loss-report}/paper.docx"),),
    "POST /losses/reports/{report}/sent": (
        Ask("/losses/reports/{loss-report}/sent",
            {"receiver": "市局", "at": "2026-01-01T00:00:00+08:00"}),
    ),
    "POST /losses/{matter}/steady": (Ask("/losses/{losses}/steady", {}),),
    "POST /losses/{matter}/close": (Ask("/losses/{losses}/close", {}),),
}  # fmt: skip
