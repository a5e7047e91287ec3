"""Incidents over HTTP: told, taken in, graded, reported upward."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from ninja import Body, Router, Schema

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.permissions.gate import permit
from anlan.engines.geo.datum import WGS84, to_wgs84
from anlan.respond.incidents import services
from anlan.respond.incidents.selectors import describing, forms, papers
from anlan.respond.incidents.selectors.rows import VIEW

router = Router(tags=["突发事件"])

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class TellingIn(Schema):
    """What a caller told so far; nothing is required, and what is left out is not known."""

    kind: str = ""
    what: str = ""
    title: str = ""
    region: str = ""
    place: str = ""
    lon: float | None = None
    lat: float | None = None
    datum: str = WGS84
    happened_at: datetime | None = None
    figures: dict[str, float | None] = {}
    caller_name: str = ""
    caller_phone: str = ""
    source: str = ""

    def told(self) -> services.Told:
        """Take it over, its point in our own datum."""
        given = self.dict(exclude={"datum"})
        if self.lon is not None and self.lat is not None:
            lon, lat = to_wgs84(self.lon, self.lat, self.datum)
            given |= {"lon": round(lon, 6), "lat": round(lat, 6)}
        return services.Told(**given)


class TakeIn(Schema):
    """Whether somebody has looked at those near by and says that it is another matter."""

    apart: bool = False


class JoinIn(Schema):
    """Which incident it is part of."""

    into: str


class FiguresIn(Schema):
    """Figures by key, null is unknown again; who told them."""

    figures: dict[str, float | None]
    said_by: str = ""


class GradeIn(Schema):
    """A grade, and why it is less than the figures show."""

    grade: int
    why: str = ""


class SaidIn(Schema):
    """A few words: how it was verified, whom one told, why."""

    text: str = ""


class ReportIn(Schema):
    """Which report: first, more, final."""

    kind: str


class ContentIn(Schema):
    """What a draft says, by field; an empty text is not known."""

    content: dict[str, str]


class SignIn(Schema):
    """Who agreed by word of mouth; "" where the actor signs."""

    oral: str = ""


class DispatchIn(Schema):
    """Who received a report, when, which way."""

    to: str
    way: str
    receiver: str
    at: datetime
    unit: str = ""


class InstructionIn(Schema):
    """What a leader said, and who shall see to it."""

    leader: str
    text: str
    given_at: datetime | None = None
    post: str = ""
    minutes: int = 60


@router.get("/incidents", summary="突发事件列表")
def list_incidents(
    request: ApiRequest, which: str = "open", region: str = "", page: int = 1
) -> HttpResponse:
    """List incidents: ``open``, ``drafts`` (being taken in) or ``all``; the latest first."""
    permit(request.actor, VIEW)
    return answer(describing.page(request.actor, which, region, page))


@router.get("/incidents/form", summary="接报用的表")
def get_form(request: ApiRequest) -> HttpResponse:
    """Give the tables a telling is written with."""
    permit(request.actor, VIEW)
    return answer(forms.offered())


@router.post("/incidents", summary="开始接报", response={201: dict[str, Any]})
def begin_incident(request: ApiRequest, given: TellingIn) -> HttpResponse:
    """Keep the first word of a telling as a draft; 接报时间 counts from here."""
    made = services.begin_incident(told=given.told(), by=request.actor)
    return answer(describing.one(request.actor, made.pk), 201)


@router.get("/incidents/{incident}", summary="一个突发事件")
def get_incident(request: ApiRequest, incident: str) -> HttpResponse:
    """Read one incident; who called is masked, but to who takes the words down: that is noted."""
    told = describing.one(request.actor, incident)
    if not told["caller"]["masked"] and (told["caller"]["name"] or told["caller"]["phone"]):
        services.note_draft_read(incident=incident, by=request.actor)
    return answer(told)


@router.patch("/incidents/{incident}", summary="存下所说的、改正")
def keep_told(request: ApiRequest, incident: str, given: TellingIn) -> HttpResponse:
    """Keep what was told so far, whole; of one taken in it puts right what was taken down."""
    services.keep_told(incident=incident, told=given.told(), by=request.actor)
    return answer(describing.one(request.actor, incident))


@router.post("/incidents/{incident}/take", summary="接报")
def take_in(request: ApiRequest, incident: str, given: Body[TakeIn] = TakeIn()) -> HttpResponse:
    """Take a telling in: its case is opened, the clocks of its reports begin."""
    services.take_in(incident=incident, apart=given.apart, by=request.actor)
    return answer(describing.one(request.actor, incident))


@router.post("/incidents/{incident}/join", summary="并入同一事件")
def join_incident(request: ApiRequest, incident: str, given: JoinIn) -> HttpResponse:
    """Say that it is about an incident that is known."""
    services.join_incident(incident=incident, into=given.into, by=request.actor)
    return answer(describing.one(request.actor, incident))


@router.post("/incidents/{incident}/figures", summary="更新数字")
def tell_figures(request: ApiRequest, incident: str, given: FiguresIn) -> HttpResponse:
    """Change the figures; changed casualties that were reported are owed as a correction."""
    services.tell_figures(
        incident=incident, figures=given.figures, said_by=given.said_by, by=request.actor
    )
    return answer(describing.one(request.actor, incident))


@router.post("/incidents/{incident}/grade", summary="初判分级")
def confirm_grade(request: ApiRequest, incident: str, given: GradeIn) -> HttpResponse:
    """Confirm how grave it is."""
    services.confirm_grade(
        incident=incident, grade=given.grade, why=given.why, by=request.actor
    )  # fmt: skip
    return answer(describing.one(request.actor, incident))


@router.post("/incidents/{incident}/verify", summary="核实")
def verify_incident(request: ApiRequest, incident: str, given: SaidIn) -> HttpResponse:
    """Say that it is so, and how one knows."""
    services.verify_incident(incident=incident, how=given.text, by=request.actor)
    return answer(describing.one(request.actor, incident))


@router.post("/incidents/{incident}/lead", summary="报领导")
def tell_leader(request: ApiRequest, incident: str, given: SaidIn) -> HttpResponse:
    """Note which leader was told."""
    services.tell_leader(incident=incident, leader=given.text, by=request.actor)
    return answer(describing.one(request.actor, incident))


@router.post("/incidents/{incident}/take-over", summary="接办")
def take_over(request: ApiRequest, incident: str) -> HttpResponse:
    """Let the asker's desk report what a desk below it took in."""
    services.take_over(incident=incident, by=request.actor)
    return answer(describing.one(request.actor, incident))


@router.post("/incidents/{incident}/drop", summary="认定不属实")
def drop_incident(
    request: ApiRequest, incident: str, given: Body[SaidIn] = SaidIn()
) -> HttpResponse:
    """Find that it is not so, or throw a draft away."""
    services.drop_incident(incident=incident, why=given.text, by=request.actor)
    return answer({"dropped": incident})


@router.post("/incidents/{incident}/archive", summary="归档")
def archive_incident(request: ApiRequest, incident: str) -> HttpResponse:
    """Put it away; refused while a report or a feedback is owed."""
    services.archive_incident(incident=incident, by=request.actor)
    return answer(describing.one(request.actor, incident))


@router.post("/incidents/{incident}/caller", summary="查看报警人")
def read_caller(request: ApiRequest, incident: str, given: SaidIn) -> HttpResponse:
    """Read who called, in full, for a stated purpose; it is journalled."""
    caller = services.read_caller(incident=incident, reason=given.text, by=request.actor)
    return answer({"name": caller.name, "phone": caller.phone})


@router.post(
    "/incidents/{incident}/reports", summary="起草报告", response={201: dict[str, Any]}
)  # fmt: skip
def draft_report(request: ApiRequest, incident: str, given: ReportIn) -> HttpResponse:
    """Draft the next report, filled with what is known."""
    services.draft_report(incident=incident, kind=given.kind, by=request.actor)
    return answer(describing.one(request.actor, incident), 201)


@router.post(
    "/incidents/{incident}/reports/{number}/correct", summary="更正报告",
    response={201: dict[str, Any]},
)  # fmt: skip
def draft_correction(
    request: ApiRequest, incident: str, number: int, given: SaidIn
) -> HttpResponse:  # fmt: skip
    """Draft a correction of a report that went out; `text` is why. That one keeps its words."""
    services.draft_correction(incident=incident, number=number, reason=given.text, by=request.actor)
    return answer(describing.one(request.actor, incident), 201)


@router.patch("/incidents/{incident}/reports/{number}", summary="修改报告草稿")
def edit_report(
    request: ApiRequest, incident: str, number: int, given: ContentIn
) -> HttpResponse:  # fmt: skip
    """Change what a draft says."""
    services.edit_report(
        incident=incident, number=number, content=given.content, by=request.actor
    )  # fmt: skip
    return answer(describing.one(request.actor, incident))


@router.post("/incidents/{incident}/reports/{number}/sign", summary="签发报告")
def sign_report(
    request: ApiRequest, incident: str, number: int, given: Body[SignIn] = SignIn()
) -> HttpResponse:
    """Sign a report, or note who agreed by word of mouth."""
    services.sign_report(incident=incident, number=number, oral=given.oral, by=request.actor)
    return answer(describing.one(request.actor, incident))


@router.post("/incidents/{incident}/reports/{number}/dispatch", summary="登记报送")
def note_dispatch(
    request: ApiRequest, incident: str, number: int, given: DispatchIn
) -> HttpResponse:  # fmt: skip
    """Note who received a report, when, which way."""
    sent = services.Sent(**given.dict())
    services.note_dispatch(incident=incident, number=number, sent=sent, by=request.actor)
    return answer(describing.one(request.actor, incident))


@router.post(
    "/incidents/{incident}/instructions", summary="记录领导批示", response={201: dict[str, Any]}
)
def note_instruction(request: ApiRequest, incident: str, given: InstructionIn) -> HttpResponse:
    """Note what a leader said; whoever shall see to it owes the feedback."""
    said = services.Said(**given.dict())
    services.note_instruction(incident=incident, said=said, by=request.actor)
    return answer(describing.one(request.actor, incident), 201)


@router.get("/incidents/{incident}/reports/{number}/word", summary="报告的 Word 文件")
def write_word(request: ApiRequest, incident: str, number: int) -> HttpResponse:
    """Give a report out as an official paper in the layout of GB/T 9704."""
    name, content = papers.paper_of(request.actor, incident, number)
    response = HttpResponse(content, content_type=WORD)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
