"""The tables of a case: what happened, what was owed, who was called, what was decided and written.

The page counts them and the export writes them: both ask here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import QuerySet

from anlan.base.door.words import items
from anlan.base.journal import selectors as journal
from anlan.base.journal.models import Entry
from anlan.base.obligations.kinds import KINDS
from anlan.base.obligations.models import Obligation
from anlan.base.obligations.states import LIFECYCLE
from anlan.base.people import selectors as people
from anlan.base.permissions import selectors as permissions
from anlan.base.register.masking import mask
from anlan.respond.incidents.models import Report
from anlan.respond.incidents.states import REPORTS
from anlan.respond.papers.models import Briefing, Pack
from anlan.respond.responses.models import Turn
from anlan.respond.responses.states import TURNS
from anlan.warn.callrules import KIND as CALL
from anlan.warn.models import Approval

Cases = Sequence[str]
Row = Sequence[Any]
#: Rows read together.
TOGETHER = 2000


class Columns(NamedTuple):
    """A table's name and the titles of its columns."""

    title: str
    heads: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """One table of a case; `rows` hides names where `clear` is false."""

    key: str
    columns: Columns
    count: Callable[[Cases], int]
    rows: Callable[[Cases, bool], Iterator[Row]]


def counts(cases: Cases) -> dict[str, int]:
    """Count the rows of every table."""
    return {one.key: one.count(cases) for one in TABLES}


def _named(name: str, *, clear: bool) -> str:
    return name if clear else mask(name) or ""


def _who(ref: str, names: Mapping[str, str], *, clear: bool) -> str:
    """Name who did something; the platform itself has no name to hide."""
    name = names.get(ref, ref)
    return name if ref.startswith("system:") else _named(name, clear=clear)


def _entries(cases: Cases) -> "QuerySet[Entry]":
    return Entry.objects.filter(case__in=list(cases)).order_by("id")


def _timeline(cases: Cases, clear: bool) -> Iterator[Row]:
    rows = _entries(cases).select_related("detail")
    for start in range(0, rows.count(), TOGETHER):
        for one in items(journal.read(rows[start : start + TOGETHER])):
            yield (
                one["seq"], one["at"], one["deed_label"],
                _who(one["by"], {one["by"]: one["by_name"]}, clear=clear),
                one["region_name"], one["subject"]["kind"], one["subject"]["id"],
                {name: tuple(pair) for name, pair in one["changes"].items()}, one["facts"],
            )  # fmt: skip


def _obligations(cases: Cases) -> "QuerySet[Obligation]":
    return Obligation.objects.filter(case__in=list(cases)).order_by("pk")


def _calls(cases: Cases) -> "QuerySet[Obligation]":
    return _obligations(cases).filter(kind=CALL)


def _owed(
    ask: Callable[[Cases], "QuerySet[Obligation]"],
) -> Callable[[Cases, bool], Iterator[Row]]:
    def rows(cases: Cases, clear: bool) -> Iterator[Row]:
        found = ask(cases).select_related("debtor", "region")
        for start in range(0, found.count(), TOGETHER):
            some = list(found[start : start + TOGETHER])
            holders = people.holders_of([one.debtor_id for one in some])
            for one in some:
                held = "、".join(
                    _named(each["name"], clear=clear) for each in holders.get(one.debtor_id, ())
                )
                yield (
                    KINDS[one.kind].title, one.title, one.region.name, one.debtor.title, held,
                    one.issued_at, one.answer_due, one.done_due, one.answered_at,
                    one.reported_at, one.closed_at, LIFECYCLE[one.state].label,
                    "逾期" if one.lapsed_at else "", one.rung,
                )  # fmt: skip

    return rows


def _turns(cases: Cases) -> "QuerySet[Turn]":
    return Turn.objects.filter(response__case__in=list(cases)).order_by("at", "pk")


def _approvals(cases: Cases) -> "QuerySet[Approval]":
    return Approval.objects.filter(alert__case__in=list(cases)).order_by("at", "pk")


SAID = {"approve": "批准", "return": "退回", "oral": "口头批准", "alone": "一人办理"}


def _decisions(cases: Cases, clear: bool) -> Iterator[Row]:
    turns = list(_turns(cases).select_related("response"))
    approvals = list(_approvals(cases).select_related("alert"))
    names = permissions.names_of({*(one.by for one in turns), *(one.by for one in approvals)})
    said_by = {*(one.person_id for one in turns), *(one.person_id for one in approvals)}
    persons = people.names_of({person for person in said_by if person})
    told: list[Row] = [
        (
            one.at, "应急响应", TURNS[one.verb][0], one.response.title, one.stage,
            _who(one.by, names, clear=clear), "口头" if one.oral else "",
            _named(persons.get(one.person_id or "", ""), clear=clear), one.reason,
        )
        for one in turns
    ]  # fmt: skip
    told += [
        (
            one.at, "预警", SAID.get(one.verb, one.verb), one.alert.title, "",
            _who(one.by, names, clear=clear), "口头" if one.verb == "oral" else "",
            _named(persons.get(one.person_id or "", ""), clear=clear), one.reason,
        )
        for one in approvals
    ]  # fmt: skip
    yield from sorted(told, key=lambda row: row[0])


def papers(cases: Cases, clear: bool) -> Iterator[Row]:
    """List the papers made of a case: kind, name, number, when, by whom, hash."""
    wanted = list(cases)
    packs = list(Pack.objects.filter(case__in=wanted).defer("named").order_by("pk"))
    briefings = list(Briefing.objects.filter(case__in=wanted).order_by("pk"))
    reports = list(_reports(cases).select_related("incident"))
    refs = {one.asked_by for one in packs} | {one.made_by for one in briefings}
    names = permissions.names_of(refs | {one.drafted_by for one in reports})
    told: list[tuple[str, str, int, Any, str, str]] = [
        ("纸质包", one.stage_title, one.number, one.made_at, one.asked_by, one.digest)
        for one in packs
    ]
    told += [
        ("会商材料", one.title, one.number, one.made_at, one.made_by, one.digest)
        for one in briefings
    ]
    told += [
        (
            f"突发事件{REPORTS[one.kind][0]}", one.incident.title, one.number,
            one.signed_at or one.drafted_at, one.drafted_by, "",
        )
        for one in reports
    ]  # fmt: skip
    for kind, title, number, at, by, digest in told:
        yield kind, title, number, at, _who(by, names, clear=clear), digest


def _reports(cases: Cases) -> "QuerySet[Report]":
    return Report.objects.filter(incident__case__in=list(cases)).order_by("pk")


def _count_papers(cases: Cases) -> int:
    wanted = list(cases)
    return (
        Pack.objects.filter(case__in=wanted).count()
        + Briefing.objects.filter(case__in=wanted).count()
        + _reports(cases).count()
    )


OWED = (
    "种类", "标题", "地区", "岗位", "任职", "下达", "签收期限", "办结期限", "签收", "反馈", "销号",
    "状态", "逾期", "走了几步",
)  # fmt: skip
TABLES = (
    Table(
        "timeline",
        Columns(
            "时间线", ("序号", "时间", "做了什么", "何人", "地区", "对象", "编号", "变化", "内容")
        ),
        lambda cases: _entries(cases).count(), _timeline,
    ),
    Table(
        "obligations", Columns("事项", OWED), lambda cases: _obligations(cases).count(),
        _owed(_obligations),
    ),
    Table("calls", Columns("叫应", OWED), lambda cases: _calls(cases).count(), _owed(_calls)),
    Table(
        "decisions",
        Columns(
            "决定", ("时间", "类别", "决定", "对象", "阶段", "经办", "口头", "决定人", "说明")
        ),
        lambda cases: _turns(cases).count() + _approvals(cases).count(), _decisions,
    ),
    Table(
        "papers", Columns("材料", ("种类", "名称", "号", "时间", "经办", "摘要（SM3）")),
        _count_papers, papers,
    ),
)  # fmt: skip
