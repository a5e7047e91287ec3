"""The roll on a phone, behind the link of a short message: plain HTML, a few kilobytes.

Big type, big buttons, special groups first. Every press works without a script; with one it waits
in the phone while there is no signal, see `phone_script`.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods
from pydantic import TypeAdapter, ValidationError

from anlan import codes
from anlan.base.door.phrases import said
from anlan.base.language import say
from anlan.base.obligations.phone_door import Look, Say, Visit, serve, whole
from anlan.base.permissions.services.links import Opened
from anlan.kernel import clock
from anlan.kernel.errors import Invalid
from anlan.kernel.ids import new_id
from anlan.respond.evacuation.models import Part
from anlan.respond.evacuation.phone_script import SCRIPT, STYLE
from anlan.respond.evacuation.selectors.counting import Number
from anlan.respond.evacuation.selectors.village import Home, homes, shelters_for, summed
from anlan.respond.evacuation.services.adding import Newcomer
from anlan.respond.evacuation.services.phone import (
    add_by_link,
    part_of,
    read_by_link,
    tick_by_link,
)
from anlan.respond.evacuation.services.ticking import Word
from anlan.respond.evacuation.states import RETURNED, counts_as

WORDS = TypeAdapter(list[Word])
#: Cards of one page: a weak signal carries no more at once.
CARDS = 120
#: Ticks of one message, and its bytes: a phone sends fifty at most.
MOST, LARGEST = 200, 200_000
GOOD = ("sheltered", "relatives", "home-shelter", "home-relatives")
BAD = ("refused", "lost", "strayed")
#: Buttons in their order; the reason is asked of those whose state wants one.
PRESSES = ("told", "moving", "sheltered", "relatives", "refused", "lost", RETURNED, "struck")

LOOK = Look(STYLE, SCRIPT)


@require_http_methods(["GET", "HEAD", "POST"])
def roll_page(request: HttpRequest, key: str, obligation: str = "") -> HttpResponse:
    """Show a village's roll, one household of it, or take what was ticked.

    `obligation` is another one than the link was sent for, of whoever holds it.
    """
    return serve(request, key, _drawn, obligation=obligation, look=LOOK)


def _drawn(visit: Visit) -> str | HttpResponse:
    if visit.request.method != "POST":
        return _shown(visit)
    if visit.is_kept:
        return _ticked(visit.request, visit.opened, visit.language)
    _pressed(visit.request, visit.opened)
    return HttpResponseRedirect(visit.request.path)


def _ticked(request: HttpRequest, opened: Opened, language: str) -> HttpResponse:
    """Take the ticks that waited in a phone."""
    if len(request.body) > LARGEST:
        raise Invalid("内容太大")
    try:
        given = orjson.loads(request.body)
        sent = [
            {name: value for name, value in one.items() if name != "key"}
            for one in given["ticks"][:MOST]
        ]
        words = WORDS.validate_python(sent)
        device = str(given.get("device", ""))
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Invalid("内容格式不对") from error
    outcomes = tick_by_link(opened=opened, words=words, device=device)
    items = [
        {"outcome": one.outcome, "client": one.client, "why": said(one.why, language)}
        for one in outcomes
    ]
    return HttpResponse(orjson.dumps({"items": items}), content_type="application/json")


def _pressed(request: HttpRequest, opened: Opened) -> None:
    """Take one press of a page without a script."""
    posted = request.POST
    people = whole(posted.get("people", ""))
    client = posted.get("client", "")
    if posted.get("add"):
        newcomer = Newcomer(
            village=part_of(opened).region_id, state=posted.get("state", ""),
            name=posted.get("name", ""), people=1 if people is None else people,
            shelter=posted.get("shelter", ""), urgent=bool(posted.get("urgent")), client=client,
        )  # fmt: skip
        add_by_link(opened=opened, newcomer=newcomer, device="")
        return
    state = posted.get("state", "")
    word = Word(
        state=state, entry=posted.get("entry", ""), household=posted.get("household", ""),
        reason=posted.get(f"reason-{state}", ""), note=posted.get("note", ""),
        shelter=posted.get("shelter", "") if state == "sheltered" else "",
        people=people, client=client,
    )  # fmt: skip
    outcome = tick_by_link(opened=opened, words=[word], device="")[0]
    if outcome.outcome == "wrong":
        raise Invalid(outcome.why)


def _shown(visit: Visit) -> str:
    request, told, language = visit.request, visit.say, visit.language
    part = read_by_link(opened=visit.opened)
    if "add" in request.GET:
        return _adding(part, told)
    only = request.GET.get("h", "")
    if only:
        some = homes(part, only)
        if not some:
            raise Invalid("名单上没有这一户（人），或不归您打勾")
        return _one(part, some[0], told, language)
    return _list(part, whole(request.GET.get("page", "")) or 1, told, language)


def _list(part: Part, page: int, told: Say, language: str) -> str:
    some = homes(part)
    added = summed(some)
    pending = [one for one in some if _is_pending(one)]
    rest = [one for one in some if not _is_pending(one)]
    parts = (
        ("应转", added.due), ("集中安置", added.parts["shelter"]),
        ("投亲靠友", added.parts["relatives"]), ("未转", added.parts["pending"]),
    )  # fmt: skip
    boxes = "".join(
        f"<div><b>{_number(number)}</b><small>{told(title)}</small></div>"
        for title, number in parts
    )
    latest = part.latest_at
    until = ""
    if latest is not None:
        until = told("{time} 前转移完").replace("{time}", f"{clock.local(latest):%m-%d %H:%M}")
    lifted = f"<p class=done>{told('险情已解除，可以返回')}</p>" if part.lifted_at else ""
    start = (max(page, 1) - 1) * CARDS
    shown = [*pending, *rest][start : start + CARDS]
    cards = "".join(_card(one, told, language) for one in shown)
    more = ""
    if len(some) > start + CARDS:
        more = f'<p><a class=again href="?page={page + 1}">{told("后面的户")}</a></p>'
    empty = "" if some else f"<p>{told('名单上没有人')}</p>"
    return (
        f"<p class=meta>{escape(part.evacuation.title)}</p><h1>{escape(part.region.name)}</h1>"
        f"<p class=meta>{until}</p>{lifted}<div class=sum>{boxes}</div>"
        f"<div class=bar><div id=wait hidden></div></div>{cards}{empty}{more}"
        f'<p><a class=again href="?add=1">＋ {told("补登名单外人员")}</a></p>'
        f"{_sheet(part, told, language)}"
        f"<script type=application/json id=words>{_words(language)}</script>"
    )


def _is_pending(home: Home) -> bool:
    counts = counts_as()
    return any(counts.get(state) == "pending" for state in home.states)


def _number(number: Number) -> str:
    """Write how many; where some are not known, at least so many."""
    if number.unknown and not number.people:
        return "？"
    return f"≥{number.people}" if number.unknown else str(number.people)


def _title(home: Home) -> str:
    told = home.told[0]
    return str(told["head"] or told["name"] or told["zone_name"] or told["household_code"] or "—")


def _card(home: Home, told: Say, language: str) -> str:
    first = home.entries[0]
    kind = "household" if first.household_id else "entry"
    tone = "bad" if set(home.states) & set(BAD) else "" if _is_pending(home) else "ok"
    states = " ".join(_label("evacuation-states", state, language) for state in home.states)
    mark = f"<span class=mark>{told('特殊')}</span> " if home.special else ""
    people = f"{_number(home.number)} {told('人')}"
    address = escape(str(home.told[0]["address"] or ""))
    needs = escape(str(home.told[0]["needs"] or ""))
    tel = escape(str(home.told[0]["phone"] or ""))
    shelter = escape(first.shelter_id or "")
    return (
        f'<a class="home {tone}" href="?h={home.key}" data-key="{home.key}" data-kind={kind} '
        f'data-tel="{tel}" data-shelter="{shelter}"><span class=st>{states}</span>'
        f"<b>{escape(_title(home))}</b> {people}<p>{mark}{address} {needs}</p></a>"
    )


def _label(table: str, code: str, language: str) -> str:
    if code == RETURNED:
        return say("已返回", language)
    return escape(codes.table(table).name(code, language))


def _presses(language: str) -> str:
    found = []
    for state in PRESSES:
        tone = "ok" if state in GOOD else "bad" if state in BAD else ""
        label = _label("evacuation-states", state, language)
        found.append(
            f'<button class="{tone}" name=state value={state} data-state={state}>{label}</button>'
        )
    return f"<div class=go>{''.join(found)}</div>"


def _choice(shelters: Sequence[tuple[str, str]], chosen: str, told: Say) -> str:
    options = "".join(
        f'<option value="{pk}"{" selected" if pk == chosen else ""}>{escape(name)}</option>'
        for pk, name in shelters
    )
    empty = "<option value=''>—</option>"
    return f"<label>{told('安置在')}<select name=shelter>{empty}{options}</select></label>"


def _sheet(part: Part, told: Say, language: str) -> str:
    """Draw what the script opens over the list: the buttons of one household."""
    return (
        f"<section id=sheet hidden><h2></h2><a class=call></a>"
        f"{_choice(shelters_for(part), '', told)}{_presses(language)}"
        f"<div class=why hidden><select></select><button type=button>{told('确定')}</button></div>"
        f"<a class=each href=''>{told('逐人打勾、写说明')}</a>"
        f"<button class=plain type=button>{told('返回')}</button></section>"
    )


def _one(part: Part, home: Home, told: Say, language: str) -> str:
    """Draw a household with its people: a form for all of them and one for each."""
    head = home.told[0]
    tel = escape(str(head["phone"] or ""))
    call = f'<a class=call href="tel:{tel}">{told("打电话")} {tel}</a>' if tel else ""
    shelters = shelters_for(part)
    whole = home.entries[0].household_id
    forms = []
    if whole:
        kept = home.entries[0].shelter_id
        forms.append(_form(f"household={whole}", kept, shelters, told, language))
    if not whole or len(home.entries) > 1:
        for entry, one in zip(home.entries, home.told, strict=True):
            label = _label("evacuation-states", entry.state, language)
            groups = "、".join(one["groups_label_en" if language == "en" else "groups_label"])
            name = one["name"] or one["zone_name"] or told("其余的人")
            people = "？" if entry.people is None else entry.people
            form = _form(f"entry={entry.pk}", entry.shelter_id, shelters, told, language)
            forms.append(
                f"<details><summary>{escape(str(name))} · {people} {told('人')} · {label} "
                f"{escape(groups)}</summary>{form}</details>"
            )
    return (
        f"<h1>{escape(_title(home))}</h1><p class=meta>{escape(str(head['address']))}</p>{call}"
        f"{''.join(forms)}{_back(told)}"
    )


def _form(
    whom: str,
    chosen: str | None,
    shelters: Sequence[tuple[str, str]],
    told: Say,
    language: str,
) -> str:
    name, _, value = whom.partition("=")
    count = ""
    if name == "entry":
        count = (
            f"<label>{told('人数（只对一部分人时填）')}"
            "<input name=people inputmode=numeric></label>"
        )
    reasons = "".join(
        f"<label>{_label('evacuation-states', state, language)}："
        f"<select name=reason-{state}>{_options(rows)}</select></label>"
        for state, rows in _reasons(language).items()
    )
    return (
        f'<form method=post action="?"><input type=hidden name={name} value="{value}">'
        f"<input type=hidden name=client value={new_id()}>"
        f"{_choice(shelters, chosen or '', told)}{count}{_presses(language)}"
        f"<details><summary>{told('原因（拒转、失联、移出时）和说明')}</summary>{reasons}"
        f"<label>{told('说明')}<input name=note maxlength=300></label></details></form>"
    )


def _options(rows: Sequence[tuple[str, str]]) -> str:
    return "".join(f"<option value={code}>{escape(label)}</option>" for code, label in rows)


def _reasons(language: str) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for row in codes.table("evacuation-reasons"):
        found.setdefault(row.text("of") or "", []).append((row.code, row.label(language)))
    return found


def _adding(part: Part, told: Say) -> str:
    return (
        f"<h1>{told('补登名单外人员')}</h1><form method=post action='?'>"
        f"<input type=hidden name=add value=1><input type=hidden name=client value={new_id()}>"
        f"<label>{told('姓名')}<input name=name maxlength=40></label>"
        f"<label>{told('几个人')}<input name=people inputmode=numeric value=1></label>"
        f"<label><input type=checkbox name=urgent> {told('老弱病残孕幼独居')}</label>"
        f"{_choice(shelters_for(part), '', told)}<div class=go>"
        f"<button class=ok name=state value=sheltered>{told('已安置（集中）')}</button>"
        f"<button class=ok name=state value=relatives>{told('投亲靠友')}</button>"
        f"<button name=state value=waiting>{told('还没有转移')}</button></div></form>{_back(told)}"
    )


def _back(told: Say) -> str:
    return f'<p><a class=again href="?">{told("返回花名册")}</a></p>'


def _words(language: str) -> str:
    """Tell the script its words; a "<" in them cannot end the element."""
    states = {row.code: row.label(language) for row in codes.table("evacuation-states")}
    words: Mapping[str, Any] = {
        "states": {**states, RETURNED: say("已返回", language)}, "good": [*GOOD, RETURNED],
        "bad": list(BAD), "ask": _reasons(language), "waiting": said("{n} 条待发送", language),
        "wrong": said("没有记上：", language), "call": said("打电话", language),
    }  # fmt: skip
    return orjson.dumps(words).decode().replace("<", "\\u003c")
