"""A rolling form in the demo county: two rounds, the second half in, so that pages show some."""

from datetime import timedelta
from typing import Any

from anlan.base.forms import services
from anlan.base.forms.models import Form, Round, Sheet
from anlan.base.obligations import services as obligations
from anlan.base.obligations.services.phone import PURPOSE
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.models import User
from anlan.base.permissions.selectors import actor_of
from anlan.base.permissions.services.links import open_link
from anlan.base.regions import selectors as regions
from anlan.demo import photo
from anlan.kernel import clock
from anlan.kernel.errors import Missing

TITLE = "人员转移和在册船只滚动报表"
NOTE = "（演示）报截至时间的累计数；不知道的空着，不要填零。转移人数含投亲靠友。"
COLUMNS: list[dict[str, Any]] = [
    {"key": "moved", "label": "转移人数", "unit": "人", "required": True},
    {"key": "stuck", "label": "应转未转", "unit": "人"},
    {"key": "due", "label": "应转", "type": "sum", "unit": "人", "parts": ["moved", "stuck"]},
    {"key": "shelters", "label": "开放避灾场所", "unit": "个", "prefill": {"register": "shelters"}},
    {"key": "vessels", "label": "在港船只", "unit": "艘", "prefill": {"register": "vessels"}},
    {"key": "road", "label": "主要道路", "type": "choice", "choices": ["畅通", "部分中断", "中断"]},
    {"key": "power", "label": "有无停电", "type": "bool"},
    {"key": "shot", "label": "现场照片", "type": "photo"},
    {"key": "note", "label": "备注", "type": "text"},
]  # fmt: skip
#: A day: a demonstration that is left alone shall not chase anybody at once.
WITHIN = 24 * 60
#: So many townships have not answered the second round, the first of them the demo account's.
SILENT = 4
#: The township whose roads are cut hangs a picture on the second round; it is drawn, not taken.
SHOWN = 2


def start_form(county: str) -> int:
    """Send the form twice and let most townships answer; tell how many sheets there are."""
    if Form.objects.exists():  # an earlier load came this far
        return 0
    officer = User.objects.filter(username="duty").first()
    if officer is None:
        raise Missing("演示用户 duty 不存在")
    by = actor_of(officer)
    towns = list(regions.children(county).values_list("code", flat=True))
    drawn = services.Drawn(
        title=TITLE, note=NOTE, columns=COLUMNS, regions=towns, region=county,
        answer_minutes=WITHIN,
    )  # fmt: skip
    form = services.draw_form(drawn=drawn, by=by)
    now = clock.now()
    for number, hours in enumerate((3, 1)):
        as_of = now - timedelta(hours=hours)
        made = services.open_round(form=form, after=number, as_of=as_of, by=by)
        _answer(Round.objects.get(pk=made), by)
    return Sheet.objects.filter(round__form=form).count()


def _answer(round_: Round, by: Actor) -> None:
    """Let townships answer by the links of their messages; the second round half-way."""
    sheets = list(round_.sheets.select_related("region").order_by("region_id"))
    first = round_.number == 1
    answering = sheets if first else sheets[SILENT:]
    for place, sheet in enumerate(answering):
        who = _by_link(sheet, by)
        _submit(sheet, who, place, round_.number)
    if not first and len(answering) > 2:
        corrected, returned = answering[:2]
        _submit(corrected, _by_link(corrected, by), 7, round_.number)
        returned.refresh_from_db()
        services.return_sheet(
            sheet=returned.pk, reason="应转未转比上轮少了一百多人，请核实", by=by,
            version=returned.version,
        )  # fmt: skip


def _by_link(sheet: Sheet, by: Actor) -> Actor:
    """Tell who fills it in: whoever holds the post, by a link; the officer where that is over."""
    sheet.refresh_from_db()
    if not sheet.post_id or sheet.revision:
        return by
    keys = obligations.make_links(obligation=sheet.obligation, by=by)
    return open_link(next(iter(keys.values())), PURPOSE).actor


def _submit(sheet: Sheet, who: Actor, place: int, number: int) -> None:
    moved = 40 + place * 37 % 210 + (number - 1) * (60 - place * 5)
    shown = place == SHOWN and number == 2
    shot = services.hang_photo(sheet=sheet.pk, content=photo.slide(), by=who) if shown else None
    row = {
        "shot": shot, "moved": moved, "stuck": None if place == 5 else place * 13 % 40,
        "shelters": sheet.prefilled.get("shelters"), "vessels": sheet.prefilled.get("vessels"),
        "road": ("畅通", "畅通", "部分中断")[place % 3], "power": place % 4 == 1,
        "note": "山区两个自然村还在入户" if place == 2 else None,
    }  # fmt: skip
    filled = services.Filled(rows=[row], version=sheet.version)
    services.submit_sheet(sheet=sheet.pk, filled=filled, by=who)
