"""基本情况: what it is, where, from when to when, how grave it was, how much there is of it."""

from collections.abc import Iterator, Mapping

from django.db.models import Count, Min, Q

from anlan import codes
from anlan.base.cases.models import Case
from anlan.base.obligations.models import Obligation
from anlan.kernel import clock
from anlan.protocols.official import Block, Paragraph
from anlan.respond.casebook.selectors.dossier.saying import About, colour, lasted
from anlan.respond.incidents.models import Incident
from anlan.respond.papers.selectors.briefing.facts import OPEN, table, words
from anlan.respond.responses.models import Response
from anlan.sense.models import Alarm
from anlan.warn.models import Alert

#: Merged cases that are named.
NAMED = 6


def opening(about: About, counts: Mapping[str, int]) -> Iterator[Block]:
    """Tell the case in a few sentences and its figures in one table."""
    row = about.found.row
    hazard = codes.hazards().get(row.hazard)
    kind = f"，灾种为{hazard.name}" if hazard else ""
    began = about.found.began_at
    yield Paragraph(
        f"{words(began)}，{row.region.name}立案：{row.title}{kind}。{_until(about)}{_joined(about)}"
    )
    yield table(("项目", "数字", "项目", "数字"), _figures(about, counts), (8, 8, 8, 8))
    yield Paragraph(
        f"本案卷是摘要。{counts['timeline']}条留痕、{counts['obligations']}件事项和每一条消息的去向"
        "逐条在平台里，可导出 CSV 或 JSON；导出的每一份都记入留痕。以下时间均为北京时间。"
    )


def _until(about: About) -> str:
    row, began = about.found.row, about.found.began_at
    if row.closed_at:
        return f"{words(row.closed_at)}结案，历时{lasted(row.closed_at - began)}。"
    now = clock.now()
    return f"截至{words(now)}没有结案，已历时{lasted(now - began)}。"


def _joined(about: About) -> str:
    others = [one for one in about.cases if one != about.found.row.pk]
    if not others:
        return ""
    rows = Case.objects.filter(pk__in=others).order_by("opened_at", "pk")
    titles = list(rows.values_list("title", flat=True)[:NAMED])
    rest = "等" if len(others) > len(titles) else ""
    return f"另有{len(others)}起并入：{'；'.join(titles)}{rest}。"


def _figures(about: About, counts: Mapping[str, int]) -> list[tuple[str, str, str, str]]:
    cases = list(about.cases)
    owed = Obligation.objects.filter(case__in=cases).exclude(state="withdrawn").aggregate(
        n=Count("pk"), answered=Count("pk", filter=Q(answered_at__isnull=False)),
        late=Count("pk", filter=Q(lapsed_at__isnull=False)),
        open=Count("pk", filter=Q(closed_at=None)),
    )  # fmt: skip
    incidents = Incident.objects.filter(case__in=cases).exclude(state="draft").aggregate(
        n=Count("pk"), worst=Min("grade")
    )  # fmt: skip
    alerts = Alert.objects.filter(case__in=cases, issued_at__isnull=False).aggregate(
        n=Count("pk"), worst=Min("level"), standing=Count("pk", filter=Q(ended_at=None))
    )  # fmt: skip
    alarms = Alarm.objects.filter(case__in=cases).aggregate(
        n=Count("pk"), worst=Min("worst"), standing=Count("pk", filter=Q(cleared_at=None))
    )  # fmt: skip
    worst = Response.objects.filter(case__in=cases).aggregate(n=Count("pk"), worst=Min("worst"))
    levels = codes.table("event-grades")
    grade = levels.name(str(incidents["worst"])) if incidents["worst"] else OPEN
    level = _level(worst["worst"])
    cells = [
        ("应急响应", f"{worst['n']}次{level}" if worst["n"] else "没有启动"),
        ("突发事件", f"{incidents['n']}起，最高{grade}" if incidents["n"] else "没有接报"),
        ("预警", f"{alerts['n']}条，最高{colour(alerts['worst'])}" if alerts["n"] else "没有"),
        ("生效中的预警", f"{alerts['standing']}条"),
        ("监测报警", f"{alarms['n']}个，最高{colour(alarms['worst'])}" if alarms["n"] else "没有"),
        ("未解除的报警", f"{alarms['standing']}个"),
        ("下达事项", f"{owed['n']}件，其中叫应{counts['calls']}件"),
        ("已签收", f"{owed['answered']}件"),
        ("逾期过", f"{owed['late']}件"), ("未办结", f"{owed['open']}件"),
    ]  # fmt: skip
    return [(*one, *two) for one, two in zip(cells[::2], cells[1::2], strict=True)]


def _level(worst: int | None) -> str:
    roman = {1: "Ⅰ", 2: "Ⅱ", 3: "Ⅲ", 4: "Ⅳ"}
    return f"，最高{roman[worst]}级" if worst in roman else ""
