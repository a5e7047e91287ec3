"""What an officer fills in, and the alert it makes; the same for a draft and for a look ahead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import shapely

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit, prefixes
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.base.regions.models import Level
from anlan.engines.geo import shapes
from anlan.kernel import clock
from anlan.kernel.errors import Forbidden, Invalid
from anlan.warn import competence
from anlan.warn.models import Alert
from anlan.warn.selectors import texts
from anlan.warn.selectors.areas import joint, met_by, present, rolled_up

ACTION = "alerts.draft"


@dataclass(frozen=True, kw_only=True)
class Content:
    """What an officer fills in; what is left empty comes from the tables."""

    kind: str
    hazard: str = ""
    level: int | None = None
    #: Region codes; with an `area` and none of these, those that the area meets.
    regions: Sequence[str] = ()
    #: GeoJSON polygon, WGS-84.
    area: Mapping[str, Any] | None = None
    place: str = ""
    caution: str = ""
    measures: str = ""
    issuer: str = ""
    effective_at: datetime | None = None
    expires_at: datetime | None = None
    #: One's own title and text, instead of those the template makes.
    title: str = ""
    text: str = ""


def fill(alert: Alert, content: Content, by: Actor) -> None:
    """Take over what was filled in, with ready words where nothing was."""
    codes, outline = whereto(content, by)
    alert.regions = codes
    alert.region_id = joint(codes) if codes else _home(by)
    if not alert.seat_id or not scope.covers(scope.prefix(alert.seat_id), alert.region_id):
        alert.seat_id = _seat(content.kind, alert.region_id, by)
    alert.area = outline
    alert.place = content.place.strip() or texts.place_of(codes)
    ready = texts.template(content.kind, content.hazard, alert.level)
    filled = replace(
        content,
        caution=content.caution.strip() or ((ready.text("caution") or "") if ready else ""),
        measures=content.measures.strip() or ((ready.text("measures") or "") if ready else ""),
        issuer=content.issuer.strip() or texts.issuer_of(content.kind, alert.seat_id),
    )
    alert.station = filled.issuer
    alert.effective_at = content.effective_at
    alert.expires_at = content.expires_at
    if alert.expires_at is None and ready is not None and (minutes := ready.whole("minutes")):
        alert.expires_at = (content.effective_at or clock.now()) + timedelta(minutes=minutes)
    composed = texts.compose(said_of(alert, filled))
    alert.parts = dict(composed.parts)
    alert.title = content.title.strip()[: texts.LONGEST_TITLE] or composed.title
    alert.text = content.text.strip() or composed.text
    if content.text.strip():
        alert.parts["own-words"] = True
    alert.public = bool(competence.kind(content.kind).flag("public"))


def said_of(alert: Alert, filled: Content) -> texts.Said:
    """Gather what is put into words."""
    return texts.Said(
        kind=alert.kind, hazard=alert.hazard, level=alert.level, action=alert.action,
        place=alert.place, caution=filled.caution, measures=filled.measures, issuer=filled.issuer,
        effective_at=alert.effective_at or clock.now(), expires_at=alert.expires_at,
    )  # fmt: skip


def whereto(content: Content, by: Actor) -> tuple[list[str], dict[str, Any] | None]:
    """Tell the regions an own alert is for, all of them the actor's, and its outline."""
    ground = present()
    asked = {scope.normalise(code) for code in content.regions}
    shape = shapes.from_geojson(content.area) if content.area else None
    outline = None if shape is None else dict(content.area or {})
    if shape is not None and shapely.get_dimensions(shape) != 2:
        raise Invalid("请画出范围", errors={"area": ["应为面"]})
    if shape is not None and not asked:
        mine = prefixes(by, ACTION)
        asked = {code for code in met_by(shape, ground) if any(scope.covers(p, code) for p in mine)}
    unknown = asked - regions.still_open(asked)
    if unknown:
        raise Invalid("有的地区不在名录中", errors={"regions": sorted(unknown)})
    for code in asked:
        permit(by, ACTION, code)
    return rolled_up(asked, ground), outline


def _seat(kind: str, region: str, by: Actor) -> str:
    """Name the region in whose name an actor writes; `Forbidden` below the level the law names."""
    digits = competence.lowest_digits(kind)
    if by.is_system:
        return scope.pad(scope.prefix(region)[: scope.LENGTHS[Level.COUNTY - 1]])
    covering = [one for one in prefixes(by, ACTION) if scope.covers(one, region)]
    high = [one for one in covering if len(one) <= digits]
    if not high:
        row = competence.kind(kind)
        raise Forbidden(f"{row.name}由县级以上人民政府发布。依据：{row.source}")
    return scope.pad(high[0]) if high[0] else region


def _home(by: Actor) -> str:
    """Name the region of a draft that has none yet: the drafter's own."""
    if by.region and may(by, ACTION, by.region) and regions.still_open([by.region]):
        return by.region
    own = [scope.pad(prefix) for prefix in prefixes(by, ACTION) if prefix]
    return next(iter(sorted(regions.still_open(own))), regions.top())


def unsaved(content: Content, by: Actor) -> Alert:
    """Make the alert that some content would become; nothing is kept."""
    permit(by, ACTION)
    competence.check_own(content.kind, content.hazard, content.level)
    alert = Alert(
        kind=content.kind, hazard=content.hazard, level=content.level, drafted_at=clock.now(),
        drafted_by=by.ref, case="",
    )  # fmt: skip
    alert.root = alert.pk
    fill(alert, content, by)
    return alert
