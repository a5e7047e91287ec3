"""A form with two rounds, and how each address of forms is asked."""

from io import BytesIO
from typing import Any

from anlan.base.forms import services
from anlan.base.forms.models import Round
from anlan.base.permissions import system
from anlan.base.permissions.models import User
from anlan.base.permissions.selectors import actor_of
from tests.declarations.demo_rows import COUNTY, TOWN, VILLAGE
from tests.rights.asking import Ask

COLUMNS = [{"key": "moved", "label": "演示转移人数", "unit": "人"}]
FORM = {
    "title": "演示滚动报表", "columns": COLUMNS, "regions": [TOWN, VILLAGE], "region": COUNTY,
}  # fmt: skip


def put_up(ids: dict[str, str]) -> None:
    """Send a form twice; the village answered the first round."""
    section = actor_of(User.objects.get(username="section"))
    form = services.draw_form(drawn=services.Drawn(**FORM), by=section)  # type: ignore[arg-type]
    first = Round.objects.get(pk=services.open_round(form=form, after=0, by=section))
    services.submit_sheet(
        sheet=first.sheets.get(region=VILLAGE).pk,
        filled=services.Filled(rows=[{"moved": 3}], version=1), by=system("test"),
    )  # fmt: skip
    second = Round.objects.get(pk=services.open_round(form=form, after=1, by=section))
    services.schedule_form(form=form, schedule={"every_hours": 6}, by=section)
    ids |= {
        "form": form, "form-round": second.pk,
        "form-sheet": second.sheets.get(region=VILLAGE).pk,
    }  # fmt: skip


def _no_book() -> dict[str, Any]:
    file = BytesIO(b"none")
    file.name = "sheet.xlsx"
    return {"file": file, "version": "1"}


ONE, ROUND, SHEET = "/forms/{form}", "/forms/rounds/{form-round}", "/forms/sheets/{form-sheet}"
FILLED = {"rows": [{"moved": 4}], "version": 1}

FORMS: dict[str, tuple[Ask, ...]] = {
    "GET /forms": (Ask("/forms"),),
    "POST /forms": (Ask("/forms", FORM),),
    "GET /forms/offers": (Ask("/forms/offers", same=True),),
    "GET /forms/{form}": (Ask(ONE),),
    "PUT /forms/{form}": (Ask(ONE, {**FORM, "version": 1}),),
    "POST /forms/{form}/rounds": (Ask(f"{ONE}/rounds", {"after": 2}),),
    "POST /forms/{form}/close": (Ask(f"{ONE}/close", {}),),
    "POST /forms/{form}/schedule": (Ask(f"{ONE}/schedule", {"every_hours": 2}),),
    "POST /forms/{form}/stop": (Ask(f"{ONE}/stop", {}),),
    "POST /forms/{form}/retire": (Ask(f"{ONE}/retire", {}),),
    "GET /forms/rounds/{round_id}": (Ask(ROUND),),
    "GET /forms/rounds/{round_id}/sheet.xlsx": (Ask(f"{ROUND}/sheet.xlsx"),),
    "POST /forms/rounds/{round_id}/import": (Ask(f"{ROUND}/import", form=_no_book),),
    "GET /forms/sheets/{sheet}": (Ask(SHEET),),
    "PUT /forms/sheets/{sheet}": (Ask(SHEET, FILLED),),
    "POST /forms/sheets/{sheet}/copy": (Ask(f"{SHEET}/copy", {"version": 1}),),
    "POST /forms/sheets/{sheet}/submit": (Ask(f"{SHEET}/submit", FILLED),),
    "POST /forms/sheets/{sheet}/return": (
        Ask(f"{SHEET}/return", {"version": 1, "reason": "走查"}),
    ),
    "GET /forms/sheets/{sheet}/sheet.xlsx": (Ask(f"{SHEET}/sheet.xlsx"),),
    "POST /forms/sheets/{sheet}/import": (Ask(f"{SHEET}/import", form=_no_book),),
    "POST /forms/sheets/{sheet}/photo": (Ask(f"{SHEET}/photo", form=_no_book),),
}
