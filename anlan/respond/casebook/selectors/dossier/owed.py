"""What was owed, by whom, asked and answered when, and how late; what was sent to call for it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, F

from anlan.base.obligations.kinds import KINDS
from anlan.base.obligations.models import Obligation
from anlan.base.obligations.states import LIFECYCLE
from anlan.base.people import selectors as people
from anlan.comms.channels.kinds import channel_of
from anlan.comms.models import Message
from anlan.kernel import clock
from anlan.protocols.official import Block, Heading, Paragraph, Sheet
from anlan.respond.casebook.selectors.dossier.saying import About, lasted, listed, typical
from anlan.respond.papers.selectors.briefing.facts import table

MOST_TITLES, MOST_LATE = 80, 80
WITHDRAWN = "withdrawn"
#: Letters of a table that holds much, in half points.
SMALL = 18
#: States of messages as the paper counts them: what is not named here is still on its way.
REACHED, LEFT, MISSED = ("answered", "delivered"), ("sent",), ("failed", "expired", "unknown")
SPARED, BY_HAND = ("cancelled",), ("manual",)


@dataclass
class _Sum:
    """What all of one kind, or all of one name, came to."""

    first: datetime
    asked: int = 0
    answered: int = 0
    done: int = 0
    late: int = 0
    withdrawn: int = 0
    to_answer: list[timedelta] = field(default_factory=list)
    to_end: list[timedelta] = field(default_factory=list)

    def row(self, name: str) -> tuple[str, ...]:
        """Say it as a row of a table."""
        asked = f"{self.asked}（另撤回{self.withdrawn}）" if self.withdrawn else str(self.asked)
        return (name, asked, str(self.answered), str(self.done), str(self.late),
                typical(self.to_answer), typical(self.to_end))  # fmt: skip


HEAD = ("下达", "签收", "办结", "逾期过", "签收用时", "办结用时")
WIDTHS = (7, 5, 5, 5, 7, 7)


def duties(about: About) -> Iterator[Block]:
    """Sum up what was owed by kind and by name, then name the late ones one by one."""
    kinds, titles = _summed(about)
    if not kinds:
        yield Paragraph("没有下达叫应和事项。")
        return
    yield Paragraph("用时是从下达起的中位数；逾期过的包括后来补上的。")
    rows = [one.row(KINDS[key].title) for key, one in sorted(kinds.items(), key=_asked)]
    yield table(("种类", *HEAD), rows, (9, *WIDTHS))
    yield Heading("（一）逐项情况", level=2)
    named = [one.row(title) for (_, title), one in sorted(titles.items(), key=_began)]
    yield from listed(("事项", *HEAD), named, (16, *WIDTHS), most=MOST_TITLES)
    yield Heading("（二）逾期的", level=2)
    yield from _late(about)


def _asked(pair: tuple[str, _Sum]) -> tuple[int, str]:
    return -pair[1].asked, pair[0]


def _began(pair: tuple[tuple[str, str], _Sum]) -> tuple[datetime, tuple[str, str]]:
    return pair[1].first, pair[0]


def _summed(about: About) -> tuple[dict[str, _Sum], dict[tuple[str, str], _Sum]]:
    kinds: dict[str, _Sum] = {}
    titles: dict[tuple[str, str], _Sum] = {}
    rows = Obligation.objects.filter(case__in=list(about.cases)).order_by("issued_at", "pk")
    columns = ("kind", "title", "issued_at", "answered_at", "reported_at", "closed_at",
               "lapsed_at", "state")  # fmt: skip
    for kind, title, issued, answered, reported, closed, lapsed, state in rows.values_list(
        *columns
    ):
        for one in (
            kinds.setdefault(kind, _Sum(issued)), titles.setdefault((kind, title), _Sum(issued))
        ):  # fmt: skip
            if state == WITHDRAWN:
                one.withdrawn += 1
                continue
            one.asked += 1
            one.late += lapsed is not None
            if answered is not None:
                one.answered += 1
                one.to_answer.append(answered - issued)
            if closed is not None:
                one.done += 1
                one.to_end.append((reported or closed) - issued)
    return kinds, titles


def _late(about: About) -> Iterator[Block]:
    rows = (
        Obligation.objects.filter(case__in=list(about.cases), lapsed_at__isnull=False)
        .exclude(state=WITHDRAWN)
        .select_related("debtor", "region")
        .order_by(F("closed_at").desc(nulls_first=True), "lapsed_at", "pk")
    )
    total = rows.count()
    if not total:
        yield Paragraph("没有。")
        return
    some = list(rows[:MOST_LATE])
    holders = people.holders_of([one.debtor_id for one in some])
    told = [
        (
            one.title, _post(one.region.name, one.debtor.title),
            "、".join(about.person(each["name"]) for each in holders.get(one.debtor_id, ())[:1])
            or "空缺",
            _short(one.issued_at), _short(one.answered_at), *_overdue(one, about.until),
        )
        for one in some
    ]  # fmt: skip
    head = ("事项", "岗位", "责任人", "下达", "签收", "期限", "逾期")
    yield Sheet(head=head, rows=told, widths=(14, 14, 6, 6, 6, 6, 7), size=SMALL)
    if total > len(some):
        yield Paragraph(f"共{total}件，未办结的在前，列前{len(some)}件，其余见 CSV 或 JSON 导出。")


def _post(region: str, title: str) -> str:
    """Name a post with its region, which many a title begins with."""
    return title if title.startswith(region) else f"{region}{title}"


def _short(at: datetime | None) -> str:
    """Write a moment in two lines of a narrow column."""
    if at is None:
        return "—"
    local = clock.local(at)
    return f"{local.month}月{local.day}日\n{local:%H:%M}"


def _overdue(one: Obligation, until: datetime) -> tuple[str, str]:
    """Tell the deadline that passed, and by how much, until it was met or until the end."""
    met = one.answered_at
    due = one.answer_due
    if due is None or (met is not None and met <= due):
        due, met = one.done_due, one.reported_at or one.closed_at
    if due is None:
        return "—", LIFECYCLE[one.state].label
    if met is None:
        return _short(due), f"至今{lasted(until - due)}" if until > due else "未办结"
    return _short(due), f"晚{lasted(met - due)}" if met > due else "展期后办结"


def messages(about: About) -> Iterator[Block]:
    """Count what was sent by the step of the ladder and the channel, not one by one."""
    rows = (
        Message.objects.filter(case__in=list(about.cases))
        .order_by()
        .values_list("kind", "rung", "channel", "state")
        .annotate(n=Count("pk"))
    )
    sums: dict[tuple[str, int, str], Counter[str]] = defaultdict(Counter)
    for kind, rung, channel, state, count in rows:
        sums[kind, rung, channel][state] += count
    if not sums:
        yield Paragraph("没有发送通知。")
        return
    total = sum(sum(one.values()) for one in sums.values())
    yield Paragraph(
        f"共{total}条，按叫应走到的第几步和渠道合计；“不再需要”的是对方已应答或已改叫下一步，没有发出。"
    )
    told = [
        (_kind(kind), str(rung or "—"), channel_of(channel).title,
         str(sum(one.values())), *_counted(one))
        for (kind, rung, channel), one in sorted(sums.items())
    ]  # fmt: skip
    head = ("为什么", "第几步", "渠道", "总数", "已达", "已发", "未达", "不再需要", "人工", "在途")
    widths = (7, 5, 8, 6, 6, 6, 6, 7, 5, 5)
    yield Sheet(head=head, rows=told, widths=widths, size=SMALL)


def _kind(kind: str) -> str:
    found = KINDS.get(kind)
    return found.title if found else "通知"


def _counted(states: Counter[str]) -> Sequence[str]:
    groups = (REACHED, LEFT, MISSED, SPARED, BY_HAND)
    counts = [sum(states[state] for state in group) for group in groups]
    return [str(one or "") for one in (*counts, sum(states.values()) - sum(counts))]
