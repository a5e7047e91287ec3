"""A sheet on the phone, behind the link of a short message: no password, no script needed.

One field under the other in type of 20 px, the four deeds in reach of a thumb. What was typed is
never lost: where somebody else saved meanwhile it stays in the fields, beside what was saved.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse

from anlan.base.forms.columns import Column, columns_of
from anlan.base.forms.selectors.sheets import sheet_of_obligation, sheet_told
from anlan.base.forms.services.filling import Filled, hang_photo
from anlan.base.forms.services.phone import copy_by_link, save_by_link, submit_by_link
from anlan.base.forms.services.photos import LARGEST_PHOTO
from anlan.base.forms.values import MOST_ROWS, NO, YES, asked, figure, said
from anlan.base.obligations.phone_door import Say, line, wants_line, whole
from anlan.base.permissions.services.links import Opened
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid

#: What the field of a picture is named, after its cell.
FILE = ".file"

STYLE = """<style>
.hint{display:block;color:#4c5a68;margin:.1rem 0 0}
.told{font-weight:600;color:#0a6a62}
.bad{display:block;color:#8a1f5c;font-weight:600}
input.bad,select.bad{border:3px solid #8a1f5c;color:inherit;font-weight:400;font-size:20px}
fieldset{border:1px solid #8b98a5;border-radius:.6rem;margin:1rem 0;padding:.3rem .8rem .9rem}
legend{font-weight:600;padding:0 .3rem}
.sum{display:flex;justify-content:space-between;padding:.6rem 0;font-weight:600}
.acts{grid-auto-flow:row;grid-template-columns:1fr 1fr}
.acts .go{grid-column:1/-1;background:#0a6a62}
.acts .plain{background:#f3f5f7}
@media (prefers-color-scheme:dark){.hint{color:#a9b6c2}.told{color:#6cc5bb}.bad{color:#e79ac4}
.acts .plain{background:#11181f;
color:#6cc5bb;border-color:#6cc5bb}}
</style>"""


@dataclass(frozen=True)
class _Said:
    """What the page says of the last press, and what was typed, where it is not kept yet."""

    told: str = ""
    wrong: str = ""
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rows: list[dict[str, Any]] | None = None


@dataclass(frozen=True)
class _Page:
    """One sheet under the pen of one page."""

    sheet: Mapping[str, Any]
    columns: tuple[Column, ...]
    say: Say
    said: _Said
    path: str

    @property
    def free(self) -> bool:
        """Whether the sheet has as many rows as its region has."""
        return bool(self.sheet["rows"] == "free")

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows in the fields."""
        kept: list[dict[str, Any]] = self.sheet["begin"]
        return (kept if self.said.rows is None else self.said.rows) or [{}]


def sheet_page(*, request: HttpRequest, opened: Opened, told: Say) -> str | HttpResponse:
    """Draw the sheet of a link's obligation, after doing what was pressed.

    What a phone kept while it had no signal is answered in a line.
    """
    sheet = sheet_of_obligation(opened.subject)
    if wants_line(request):
        return line(_sent(request, opened, sheet, told))
    done = _pressed(request, opened, sheet, told) if request.method == "POST" else _Said()
    found = sheet_told(opened.actor, sheet)
    return _drawn(_Page(found, columns_of(found["columns"]), told, done, request.path))


def _pressed(request: HttpRequest, opened: Opened, sheet: str, told: Say) -> _Said:
    """Do what a button says; what is refused is told, and what was typed stays."""
    filled = _filled(request, opened, sheet)
    try:
        filled = _filled(request, opened, sheet, hung=True)
        return _do(str(request.POST.get("act", "")), opened, sheet, filled, told)
    except Invalid as error:
        rows = [dict(row) for row in filled.rows]
        return _Said(wrong=told(error.detail), errors=error.errors, rows=rows)
    except Conflict as error:
        return _Said(wrong=told(error.detail), rows=[dict(row) for row in filled.rows])


def _sent(request: HttpRequest, opened: Opened, sheet: str, told: Say) -> str:
    """Do what a phone kept; the same once more, from a phone that heard no answer, is one deed."""
    filled = _filled(request, opened, sheet, hung=True)
    return unescape(_do(str(request.POST.get("act", "")), opened, sheet, filled, told).told)


def _filled(request: HttpRequest, opened: Opened, sheet: str, *, hung: bool = False) -> Filled:
    """Read what was typed, and which version of the sheet it was typed into.

    `hung`: pictures that came with the fields are hung, and their cells say so.
    """
    found = sheet_told(opened.actor, sheet)
    columns = columns_of(found["columns"])
    rows = _typed(request, columns, free=found["rows"] == "free")
    pictures = [one.key for one in columns if hung and one.type == "photo"]
    for n, row in rows.items():
        for key in pictures:
            file = request.FILES.get(f"r{n}.{key}{FILE}")
            # One byte more than may come tells that there is more.
            content = file.read(LARGEST_PHOTO + 1) if isinstance(file, UploadedFile) else b""
            if content:
                row[key] = hang_photo(sheet=sheet, content=content, by=opened.actor)
    version = whole(str(request.POST.get("version", ""))) or 0
    return Filled(rows=list(rows.values()), version=version)


def _do(act: str, opened: Opened, sheet: str, filled: Filled, told: Say) -> _Said:
    if act == "copy":
        number = copy_by_link(opened=opened, sheet=sheet, version=filled.version)
        return _Said(told("已照抄第 {n} 轮，核对后再上报").replace("{n}", str(number)))
    if act == "submit":
        revision = submit_by_link(opened=opened, sheet=sheet, filled=filled)
        thanks = told("已上报，谢谢。") if revision == 1 else told("已更正，谢谢。")
        return _Said(f"✓ {thanks}")
    save_by_link(opened=opened, sheet=sheet, filled=filled)
    if act == "add":
        return _Said(rows=[*map(dict, filled.rows), {}][:MOST_ROWS])
    return _Said(told("草稿已存，还没有上报"))


def _typed(
    request: HttpRequest, columns: Sequence[Column], *, free: bool
) -> dict[int, dict[str, Any]]:
    """Read the fields by the number of their row; an empty row of several is no row."""
    lines = min(whole(str(request.POST.get("lines", "1"))) or 1, MOST_ROWS)
    rows = {
        n: {one.key: str(request.POST.get(f"r{n}.{one.key}", "")).strip() for one in asked(columns)}
        for n in range(lines if free else 1)
    }
    came = {n for n in rows for name in request.FILES if name.startswith(f"r{n}.")}
    return {n: row for n, row in rows.items() if not free or any(row.values()) or n in came}


def _drawn(page: _Page) -> str:
    sheet, told = page.sheet, page.say
    moment = f"{clock.local(sheet['as_of']):%m-%d %H:%M}"
    head = (
        f"{STYLE}<p class=meta>{escape(sheet['region_name'])} · "
        f"{told('第 {n} 轮').replace('{n}', str(sheet['number']))}</p>"
        f"<div id=told><h1>{escape(sheet['title'])}</h1>"
        f"<p class=meta>{told('截至 {time}').replace('{time}', moment)}<br>{_until(page)}</p></div>"
    )
    note = f"<div class=card>{escape(sheet['note'])}</div>" if sheet["note"] else ""
    return f"{head}{_news(page)}{note}{_form(page)}"


def _until(page: _Page) -> str:
    sheet, told = page.sheet, page.say
    if sheet["closed_at"] is not None:
        return told("这一轮已经结束，仍可补报和更正")
    if sheet["revision"] and sheet["state"] == "submitted":
        at = f"{clock.local(sheet['submitted_at']):%m-%d %H:%M}"
        return told("已在 {time} 上报；有变化可以更正").replace("{time}", at)
    return told("请在 {time} 前上报").replace(
        "{time}", f"{clock.local(sheet['due_at']):%m-%d %H:%M}"
    )


def _news(page: _Page) -> str:
    """Say what became of the last press, why the sheet came back, where its rows came from."""
    sheet, told, said_ = page.sheet, page.say, page.said
    parts = []
    if said_.told:
        parts.append(f"<p class=done role=status>{said_.told}</p>")
    if said_.wrong:
        parts.append(f"<p class=wrong role=alert>{said_.wrong}</p>")
    if sheet["reason"]:
        parts.append(f"<p class=wrong>{told('已退回')}：{escape(sheet['reason'])}</p>")
    if sheet["copied_from"] and not said_.told:
        copied = told("这些数照抄自第 {n} 轮").replace("{n}", str(sheet["copied_from"]))
        parts.append(f"<p class=told>{copied}</p>")
    return "".join(parts)


def _form(page: _Page) -> str:
    told, sheet = page.say, page.sheet
    if not {"save", "submit"} <= set(sheet["verbs"]):
        return f"<p class=meta>{told('这张报表已经停用')}</p>"
    rows = page.rows
    body = "".join(_row(page, n, row) for n, row in enumerate(rows))
    more = _plain("add", f"＋ {told('再加一行')}") if page.free else ""
    copy = ""
    if "copy" in sheet["verbs"]:
        copy = _plain("copy", told("同上次"))
    label = told("更正") if sheet["revision"] else told("上报")
    # The first button is what the key of a phone's keyboard presses: it keeps, never submits.
    return (
        f"<form method=post{_parts(page)} "
        f'data-keep="{told("报表")}" data-then="{escape(page.path)}">'
        "<button name=act value=save hidden data-direct></button>"
        f"<input type=hidden name=version value={sheet['version']}>"
        f"<input type=hidden name=lines value={len(rows)}>{body}{more}"
        f"<div class=acts>{copy}{_plain('save', told('存草稿'))}"
        f"<button class=go name=act value=submit>{label}</button></div></form>"
    )


def _parts(page: _Page) -> str:
    """Send pictures as files, where any are asked for."""
    pictures = any(column.type == "photo" for column in page.columns)
    return " enctype=multipart/form-data" if pictures else ""


def _plain(act: str, label: str) -> str:
    """Draw a button that does less than submit: it is pressed at once, and never kept for later."""
    return f"<button class=plain name=act value={act} formnovalidate data-direct>{label}</button>"


def _row(page: _Page, n: int, row: Mapping[str, Any]) -> str:
    fields = "".join(_field(page, n, column, row) for column in page.columns)
    if not page.free:
        return fields
    legend = page.say("第 {n} 行").replace("{n}", str(n + 1))
    return f"<fieldset><legend>{legend}</legend>{fields}</fieldset>"


def _field(page: _Page, n: int, column: Column, row: Mapping[str, Any]) -> str:
    if column.type == "sum":
        return _sum(column, row)
    name = escape(f"r{n}.{column.key}")
    value = _shown(row.get(column.key))
    star = " *" if column.required else ""
    wrong = page.said.errors.get(f"rows.{n}.{column.key}", ())
    mark = " class=bad" if wrong else ""
    told = "".join(f"<span class=bad>{page.say(text)}</span>" for text in wrong)
    return (
        f"<label for={name}>{escape(column.heading)}{star}</label>"
        f"{_input(page, column, name, value, mark)}{told}{_hint(page, n, column, value)}"
    )


def _input(page: _Page, column: Column, name: str, value: str, mark: str) -> str:
    if column.type == "photo":
        kept = f"<span class=told>✓ {page.say('已有照片，再选就换掉')}</span>" if value else ""
        return (
            f'<input type=hidden name={name} value="{escape(value)}">'
            f'<input id={name} type=file name={name}{FILE}{mark} accept="image/*">{kept}'
        )
    if column.type in ("choice", "bool"):
        choices = column.choices if column.type == "choice" else (YES, NO)
        options = "".join(
            f'<option value="{escape(one)}"{" selected" if one == value else ""}>'
            f"{page.say(one) if column.type == 'bool' else escape(one)}</option>"
            for one in choices
        )
        none = f"<option value=''>{page.say('不知道，空着')}</option>"
        return f"<select id={name} name={name}{mark}>{none}{options}</select>"
    kind = {"number": "text inputmode=decimal autocomplete=off", "date": "date"}.get(
        column.type, "text maxlength=500"
    )
    return f'<input id={name} name={name}{mark} type={kind} value="{escape(value)}">'


def _hint(page: _Page, n: int, column: Column, value: str) -> str:
    """Say how it is filled in, what the registers hold, what was said last, what others saved."""
    sheet, told = page.sheet, page.say
    parts = [escape(column.help)] if column.help else []
    if column.key in sheet["prefilled"]:
        parts.append(f"{told('台账')} {escape(_shown(sheet['prefilled'][column.key]))}")
    last = sheet["last"]
    if last and not page.free and last[0].get(column.key) is not None:
        parts.append(f"{told('上次')} {escape(_shown(last[0][column.key]))}")
    kept = sheet["begin"][n].get(column.key) if n < len(sheet["begin"]) else None
    if (
        column.type != "photo"
        and page.said.rows is not None
        and kept is not None
        and _shown(kept) != value
    ):
        parts.append(f"<b>{told('已存的是')} {escape(_shown(kept))}</b>")
    return f"<span class=hint>{'　'.join(parts)}</span>" if parts else ""


def _sum(column: Column, row: Mapping[str, Any]) -> str:
    """Tell a sum as far as it is known from what was kept."""
    try:
        text = said(column, figure(column, row))
    except TypeError:
        text = ""  # something typed that is no number: told at its own field
    return (
        f"<p class=sum><span>{escape(column.heading)}</span><span>{escape(text) or '—'}</span></p>"
    )


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    return str(value)
