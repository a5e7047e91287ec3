"""What stands beside the figures: what waits for a decision, who is late, calls by township."""

from itertools import groupby
from typing import Any, Final

from anlan.base.db.among import among
from anlan.base.journal import selectors as journal
from anlan.base.journal.deeds import label
from anlan.base.obligations.kinds import KINDS
from anlan.base.obligations.models import Obligation
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.base.register.masking import mask
from anlan.forecast.models import Run
from anlan.govern.wall.selectors.figure import Asked
from anlan.govern.wall.selectors.people import open_at
from anlan.respond.evacuation.models import Evacuation
from anlan.respond.papers.selectors.asof import Where, late_among, stages_at, warnings_at
from anlan.respond.papers.selectors.numbers import seats
from anlan.respond.responses.models import Proposal
from anlan.warn.models import Alert, ResponseDue

#: Lines of one panel: more nobody reads from eight metres.
MOST: Final = 8
#: Deeds a hall follows.
TOLD: Final = ("alerts.", "alert.", "responses.", "response.", "evacuations.", "evacuation.",
               "incidents.", "incident.", "forecasts.", "forecast.", "losses.", "loss")  # fmt: skip
READ: Final = 400
#: Lines of the course, which has a page for itself.
COURSE: Final = 12


def beside(asked: Asked, *, clear: bool) -> dict[str, Any]:
    """Tell every panel."""
    return {
        "responses": [
            {"id": one.id, "title": one.stage_title, "since": one.since}
            for one in stages_at(Where([asked.region]), asked.at)
        ],
        "warnings": _warnings(asked), "decisions": _decisions(asked),
        **_late(asked, clear=clear), "course": _course(asked),
    }  # fmt: skip


def _warnings(asked: Asked) -> list[dict[str, Any]]:
    return [
        {"id": one.pk, "title": one.title, "level": one.level, "station": one.station,
         "sent_at": one.sent_at or one.issued_at, "expires_at": one.expires_at}
        for one in warnings_at(Where([asked.region]), asked.at)
    ]  # fmt: skip


def _decisions(asked: Asked) -> list[dict[str, Any]]:
    """List what waits for a person's word, what is due first."""
    where = Where([asked.region]).rows()
    found: list[tuple[str, str, str, Any, Any]] = [
        ("响应建议", "Response proposed", one.stage_title, one.made_at, None)
        for one in Proposal.objects.filter(where_of(asked), closed_at=None)
    ]
    found += [
        ("预警待审签", "Warning to be signed", one.title, one.submitted_at or one.drafted_at,
         one.review_due)
        for one in Alert.objects.filter(where_of(asked), state__in=("review", "approved"))
    ]  # fmt: skip
    found += [
        ("预警联动待办", "Response due", one.alert.title, one.alert.issued_at, one.due_at)
        for one in ResponseDue.objects.filter(
            where_of(asked), answered_at=None, alert__ended_at=None
        ).select_related("alert")
    ]
    found += [
        ("转移待下达", "Evacuation to be ordered", one.title, one.created_at, None)
        for one in Evacuation.objects.filter(where_of(asked), state="draft")
    ]
    found += [
        ("延期待批", "More time asked for", one.title, one.issued_at, one.wish_until)
        for one in Obligation.objects.filter(where, closed_at=None).exclude(wish="")
    ]
    found += [
        ("预报待签署", "Forecast to be signed", one.title, one.ended_at or one.asked_at, None)
        for one in _unsigned(asked)
    ]
    found.sort(key=lambda one: (one[4] is None, one[4] or one[3]))
    return [
        {"kind": kind, "kind_en": english, "title": title, "since": since, "due": due}
        for kind, english, title, since, due in found
    ]


def _unsigned(asked: Asked) -> list[Run]:
    """List computed forecasts nobody has judged: of each model, storm and region the newest.

    Its title alone is told; what it says is for those who may sign it.
    """
    columns = ("model", "storm", "region_id", "title", "based_at", "ended_at", "asked_at",
               "signing")  # fmt: skip
    rows = Run.objects.filter(
        where_of(asked), state="done", signing__in=("unsigned", "approved"),
        valid_until__gt=asked.at, ended_at__lte=asked.at,
    )  # fmt: skip
    newest = {
        (row.model, row.storm, row.region_id): row
        for row in rows.only(*columns).order_by("based_at", "pk")
    }
    return [row for row in newest.values() if row.signing == "unsigned"]


def where_of(asked: Asked) -> Any:
    """Narrow to a region by the column most tables have."""
    return scope.within([scope.prefix(asked.region)], "region_id")


def _late(asked: Asked, *, clear: bool) -> dict[str, Any]:
    """List what has been late for longest with whom to ring, and count all that is late.

    Numbers are masked for who may not read them.
    """
    rows = open_at(asked)
    late = late_among(rows, asked.at)
    shown = list(
        rows.filter(among("pk", late)).select_related("region").order_by("lapsed_at", "pk")[:MOST]
    )
    posts = seats({one.debtor_id for one in shown})
    found = []
    for one in shown:
        seat = posts[one.debtor_id]
        holder = seat.holders[0] if seat.holders else None
        number = holder.numbers[0] if holder and holder.numbers else None
        found.append({
            "id": one.pk, "kind": KINDS[one.kind].title, "kind_en": KINDS[one.kind].title_en,
            "title": one.title, "region_name": one.region.name, "post": seat.title,
            "name": holder.name if holder else "", "since": one.lapsed_at,
            "phone": number if clear else mask(number),
        })  # fmt: skip
    return {"late": found, "late_count": len(late)}


def _course(asked: Asked) -> list[dict[str, Any]]:
    """List what was done last, the newest first, the same one after another told once.

    Deeds and places only, nobody's words.
    """
    rows = journal.entries().filter(where_of_journal(asked), at__lte=asked.at)
    newest = rows.order_by("-at", "-id").values_list("at", "deed", "region")[:READ]
    told = [one for one in newest if one[1].startswith(TOLD)]
    runs = [list(run) for _, run in groupby(told, key=lambda one: one[1:])][:COURSE]
    names = regions.names({run[0][2] for run in runs})
    return [
        {"at": run[0][0], "title": label(run[0][1]).title, "title_en": label(run[0][1]).title_en,
         "region_name": names.get(run[0][2], ""), "times": len(run)}
        for run in runs
    ]  # fmt: skip


def where_of_journal(asked: Asked) -> Any:
    """Narrow the journal to a region."""
    return scope.within([scope.prefix(asked.region)], "region")
