"""Making a briefing in one press: written, kept with its hash, journalled."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from anlan.base.files.services import hang_file
from anlan.base.journal.services import record
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.base.regions import scope
from anlan.base.regions.models import Region
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid, Missing
from anlan.kernel.ids import new_id
from anlan.respond.papers import deed_names
from anlan.respond.papers.models import Briefing
from anlan.respond.papers.selectors.briefing.composing import compose
from anlan.respond.responses.models import Response


def make_briefing(
    *, region: str, at: datetime | None = None, response: str = "", by: Actor
) -> Briefing:
    """Write what was known of a region at a moment (now), and keep it as it is."""
    place = scope.normalise(region)
    permit(by, "papers.make", place)
    moment = at or clock.now()
    _check(place, moment)
    row = _response(response, by)
    year = clock.local(clock.now()).year
    same = Briefing.objects.filter(region=place, year=year)
    number = (same.aggregate(last=Max("number"))["last"] or 0) + 1
    written = compose(place, moment, number)
    key = new_id()
    try:
        with transaction.atomic():
            file = hang_file(
                name=f"{written.title}第{number}期.docx", content=written.content,
                subject=(deed_names.BRIEFING, key), region=place, by=by,
            )  # fmt: skip
            made = Briefing.objects.create(
                id=key, region_id=place, response=row, case=row.case if row else "", year=year,
                number=number, title=written.title, at=moment, made_at=clock.now(),
                made_by=by.ref, file=file.pk, digest=file.sm3, unknown=written.unknown,
            )  # fmt: skip
            record(
                deed=deed_names.DEEDS["briefed"], by=by, subject=(deed_names.BRIEFING, key),
                region=place, case=made.case, topic=deed_names.TOPIC,
                facts={"number": number, "at": moment.isoformat(), "sm3": file.sm3,
                       "unknown": written.unknown},
            )  # fmt: skip
    except IntegrityError as error:
        raise Conflict("刚有人生成了一期，请看最新的") from error
    return made


def _check(region: str, at: datetime) -> None:
    if not Region.objects.filter(pk=region, valid_to=None).exists():
        raise Invalid("没有这个地区", errors={"region": ["没有这个地区"]})
    if at.tzinfo is None or at > clock.now():
        raise Invalid("截至时间要带时区，不能是以后", errors={"at": ["不能晚于现在"]})


def _response(response: str, by: Actor) -> Response | None:
    if not response:
        return None
    row = Response.objects.filter(pk=response).first()
    if row is None or not may(by, "responses.view", row.region_id):
        raise Missing("没有这个响应")
    return row
