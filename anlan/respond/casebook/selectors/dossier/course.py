"""大事记: the deeds that were few one by one, those that were very many by the hour; the papers."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final, NamedTuple

from django.db.models import Model

from anlan.base.cases.models import Case
from anlan.base.db.among import among
from anlan.base.journal.deeds import label
from anlan.base.journal.models import Entry
from anlan.base.obligations.models import Obligation
from anlan.base.permissions import selectors as permissions
from anlan.base.regions import selectors as regions
from anlan.kernel import clock
from anlan.protocols.official import Block, Paragraph
from anlan.respond.casebook.selectors import tables
from anlan.respond.casebook.selectors.dossier.saying import About, listed
from anlan.respond.evacuation.models import Evacuation
from anlan.respond.incidents.models import Incident
from anlan.respond.papers.models import Briefing, Pack
from anlan.respond.papers.selectors.briefing.facts import since, table
from anlan.respond.responses.models import Proposal, Response
from anlan.sense.models import Alarm
from anlan.warn.models import Alert, Received

#: Deeds told one by one, at the most; the commonest kinds of deeds are counted instead.
MOST_DEEDS: Final = 160
#: Deeds of the engine that calls and sends: the sections above tell what they came to.
ENGINE: Final = ("comms.", "obligations.", "links.", "evacuations.ticked")
#: Of the counted kinds so many have a column; rows of that table, however long it took.
COLUMNS, MOST_ROWS, MOST_PAPERS = 5, 48, 60
#: Where to find what a deed was done to, by the kind of its subject: the row and what it is called.
NAMES: Mapping[str, tuple[type[Model], str]] = {
    "alarm": (Alarm, "title"), "alert": (Alert, "title"), "received-alert": (Received, "headline"),
    "case": (Case, "title"), "obligation": (Obligation, "title"),
    "response": (Response, "stage_title"), "response-proposal": (Proposal, "stage_title"),
    "incident": (Incident, "title"), "evacuation": (Evacuation, "title"),
    "pack": (Pack, "stage_title"), "briefing": (Briefing, "title"),
}  # fmt: skip


class _Deed(NamedTuple):
    at: datetime
    deed: str
    by: str
    kind: str
    subject: str
    region: str


def course(about: About) -> Iterator[Block]:
    """Tell the case's course in words and in counts."""
    rows = Entry.objects.filter(case__in=list(about.cases)).order_by("at", "pk")
    columns = ("at", "deed", "by", "subject_kind", "subject", "region")
    deeds = [_Deed(*one) for one in rows.values_list(*columns)]
    few = _few(Counter(one.deed for one in deeds if not one.deed.startswith(ENGINE)))
    told = [one for one in deeds if one.deed in few]
    many = [one for one in deeds if one.deed not in few]
    if told:
        rows_ = list(_told(about, told))
        yield table(("时间", "做了什么", "何人", "地区"), rows_, (10, 22, 7, 7))
    if many:
        yield Paragraph("以下各项次数很多，逐时合计；事项和通知的结果见上文。")
        yield _counted(many)


def _few(counts: Counter[str]) -> set[str]:
    """Choose the deeds to tell one by one: the rarest kinds, as long as there is room."""
    room = MOST_DEEDS
    few: set[str] = set()
    for deed, count in sorted(counts.items(), key=lambda pair: (pair[1], pair[0])):
        room -= count
        if room < 0 and few:
            break
        few.add(deed)
    return few


def _told(about: About, deeds: Sequence[_Deed]) -> Iterator[tuple[str, str, str, str]]:
    titles = _titles(deeds)
    names = permissions.names_of({one.by for one in deeds})
    places = regions.names({one.region for one in deeds if one.region})
    for _, same in groupby(deeds, key=lambda one: (one.deed, one.kind, one.subject, one.by)):
        one, *more = same
        title = titles.get((one.kind, one.subject), "")
        said = label(one.deed).title
        times = f"（{len(more) + 1}次，至{since(more[-1].at)}）" if more else ""
        yield (
            since(one.at), f"{said}{f'：{title}' if title else ''}{times}",
            about.who(one.by, names), places.get(one.region, ""),
        )  # fmt: skip


def _titles(deeds: Sequence[_Deed]) -> dict[tuple[str, str], str]:
    """Read what the deeds were done to, each kind in one query."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for one in deeds:
        wanted[one.kind].add(one.subject)
    found: dict[tuple[str, str], str] = {}
    for kind in wanted.keys() & NAMES.keys():
        model, column = NAMES[kind]
        rows: Any = model._default_manager.filter(among("id", wanted[kind]))
        found |= {(kind, pk): title for pk, title in rows.values_list("pk", column)}
    return found


def _counted(deeds: Sequence[_Deed]) -> Block:
    """Count deeds by the hour, or by as many hours as make a table of bearable length."""
    common = [deed for deed, _ in Counter(one.deed for one in deeds).most_common(COLUMNS)]
    first, last = deeds[0].at, deeds[-1].at
    hours = max(1, -(-int((last - first) / timedelta(hours=1)) // MOST_ROWS))
    begins = clock.local(first).replace(minute=0, second=0, microsecond=0)
    sums: dict[int, Counter[str]] = defaultdict(Counter)
    for one in deeds:
        place = int((one.at - begins) / timedelta(hours=hours))
        sums[place][one.deed if one.deed in common else ""] += 1
    others = any(one[""] for one in sums.values())
    rows = [
        (
            _span(begins + timedelta(hours=hours * place), hours),
            *(str(one[deed] or "") for deed in common), *([str(one[""] or "")] if others else []),
        )
        for place, one in sorted(sums.items())
    ]  # fmt: skip
    head = ("时间", *(label(deed).title for deed in common), *(["其他"] if others else []))
    return table(head, rows, (11, *([6] * (len(head) - 1))))


def _span(at: datetime, hours: int) -> str:
    if hours == 1:
        return f"{at.month}月{at.day}日{at.hour}时"
    ends = at + timedelta(hours=hours)
    return f"{at.month}月{at.day}日{at.hour}时至{ends.hour or 24}时"


def papers(about: About) -> Iterator[Block]:
    """List the papers that were made of the case."""
    rows = [
        (kind, title, f"第{number}号", since(at), who)
        for kind, title, number, at, who, _ in tables.papers(about.cases, about.clear)
    ]
    if not rows:
        yield Paragraph("没有生成会商材料、纸质包和突发事件报告。")
        return
    head = ("种类", "名称", "号", "时间", "经办")
    yield from listed(head, rows, (8, 18, 5, 8, 7), most=MOST_PAPERS)
