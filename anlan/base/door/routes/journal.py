"""The journal: asking it, signing its head, and a case's timeline on paper."""

from dataclasses import asdict
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import AwareDatetime, Field

from anlan.base.door.asking import ApiRequest
from anlan.base.door.auth import require
from anlan.base.door.problems import problem
from anlan.base.door.timeline import page_of
from anlan.base.door.words import items
from anlan.base.journal import anchors, selectors
from anlan.base.journal.models import Entry
from anlan.base.journal.services.anchoring import seal_head
from anlan.base.permissions import Actor, may, permit, visible
from anlan.kernel.errors import AnlanError, Invalid, Missing

router = Router(tags=["journal"])

VIEW = "journal.view"
SIZE = 50


class Asked(Schema):
    """What is asked of the journal; everything given must hold."""

    case: str = ""
    #: ``kind:id``, or ``kind`` alone.
    subject: str = ""
    by: str = ""
    deed: str = ""
    begin: AwareDatetime | None = Field(None, alias="from")
    end: AwareDatetime | None = Field(None, alias="to")
    #: Only chained entries after this number, the oldest first: for programs that follow along.
    after_seq: int | None = Field(None, ge=0)
    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(SIZE, ge=1, le=200)


@router.get("/journal", summary="Entries of the journal")
def list_entries(request: ApiRequest, asked: Query[Asked]) -> dict[str, Any]:
    """List entries one may see, the newest first (with `after_seq` the oldest first)."""
    rows = _narrowed(seen_by(request.actor), asked)
    begin = (asked.page - 1) * asked.size
    found = selectors.read(rows.select_related("detail")[begin : begin + asked.size])
    return {
        "items": items(found),
        "total": rows.order_by().count(),
        "page": asked.page,
        "size": asked.size,
    }


def seen_by(actor: Actor) -> QuerySet[Entry]:
    """Return the entries an actor may see.

    Entries that belong to no region (accounts, the platform itself) are for those who audit.
    """
    permit(actor, VIEW)
    rows = visible(Entry.objects.all(), actor, VIEW, column="region")
    if may(actor, "journal.seal"):
        rows = rows | Entry.objects.filter(region="")
    return rows


def _narrowed(rows: QuerySet[Entry], asked: Asked) -> QuerySet[Entry]:
    wanted = Q()
    for name in ("case", "by", "deed"):
        if value := getattr(asked, name):
            wanted &= Q(**{name: value})
    if asked.subject:
        kind, _, key = asked.subject.partition(":")
        wanted &= Q(subject_kind=kind) & (Q(subject=key) if key else Q())
    if asked.begin is not None:
        wanted &= Q(at__gte=asked.begin)
    if asked.end is not None:
        wanted &= Q(at__lt=asked.end)
    if asked.begin is not None and asked.end is not None and asked.begin > asked.end:
        raise Invalid("开始时间晚于结束时间", errors={"from": ["晚于结束时间"]})
    if asked.after_seq is not None:
        return rows.filter(wanted, seq__gt=asked.after_seq).order_by("seq")
    return rows.filter(wanted).order_by("-id")


@router.get("/journal/head", summary="The head of the chain and the latest signature")
def tell_head(request: ApiRequest) -> dict[str, Any]:
    """Tell where the chain ends and what was signed last."""
    permit(request.actor, VIEW)
    signed = [made for _, made in anchors.kept() if made is not None]
    latest = max(signed, key=lambda made: (made.at, made.seq), default=None)
    return {
        **asdict(selectors.head()),
        "anchor": asdict(latest) if latest else None,
        "text": anchors.printable(latest) if latest else "",
    }


@router.post("/journal/seal", response={201: Any}, summary="Sign the head of the chain")
def sign_head(request: ApiRequest) -> Status[dict[str, Any]]:
    """Sign the head as one's own deed; `text` is to be printed and put away."""
    permit(request.actor, "journal.seal")
    made = seal_head(by=request.actor)
    return Status(201, {**asdict(made), "text": anchors.printable(made)})


def print_case(request: HttpRequest, case: str) -> HttpResponse:
    """Answer ``/journal/{case}``: the timeline as a page to print, or as JSON when asked for."""
    try:
        actor = require(request).actor
        rows = seen_by(actor).filter(case=case).select_related("detail").order_by("id")
        found = items(selectors.read(rows[: selectors.MOST]))
        if not found:
            raise Missing("没有这一事件的留痕")
    except AnlanError as error:
        return problem(request, error)
    return page_of(request, case, found)
