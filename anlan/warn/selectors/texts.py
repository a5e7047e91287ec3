"""Words of our own alerts: what the law asks for, in its order, from the tables and the officer."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from anlan import codes
from anlan.base.people.models import Unit
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.base.regions.models import Level
from anlan.codes import Code
from anlan.kernel import clock
from anlan.warn.competence import kind

CONTENTS = "warning-contents"
TEXTS = "alert-texts"
#: The element that is known only when it goes out.
ISSUED_AT = "issued-at"
LONGEST_TITLE = 200

#: What an alert does, as its title says it.
VERBS = {
    "issue": "发布", "update": "更新", "extend": "延长", "cancel": "解除", "withdraw": "撤销",
}  # fmt: skip
#: Kinds of units that issue for an authority, by the level of their region.
ISSUERS = {
    ("government", Level.TOWN): ("township",),
    ("government", Level.COUNTY): ("government",),
    ("emergency", Level.TOWN): ("township-station", "township"),
    ("emergency", Level.COUNTY): ("emergency-bureau",),
}
#: How an authority is called where no unit is registered.
TITLES = {"government": "人民政府", "emergency": "应急管理部门"}


@dataclass(frozen=True, kw_only=True)
class Said:
    """What an own alert says, before it is put into words."""

    kind: str
    hazard: str
    level: int | None
    action: str = "issue"
    place: str
    caution: str
    measures: str
    issuer: str
    effective_at: datetime | None
    expires_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Composed:
    """The words, and the elements they are made of by code of ``warning-contents``."""

    title: str
    text: str
    parts: Mapping[str, str]


def template(kind_: str, hazard: str, level: int | None) -> Code | None:
    """Find the ready words for a kind, a hazard and a level: the first row that fits."""
    said = str(level) if level else "none"
    for row in codes.table(TEXTS):
        hazards, levels = row.several("hazards"), row.several("levels")
        fits = row.text("kind") == kind_ and (not hazards or hazard in hazards)
        if fits and (not levels or said in levels):
            return row
    return None


def compose(said: Said) -> Composed:
    """Put an alert into words; what is not known is left out, and the check says so."""
    values = _values(said)
    parts = {row.code: values[row.code] for row in codes.table(CONTENTS) if values.get(row.code)}
    labels = codes.table(CONTENTS)
    text = "".join(
        f"{labels.name(code)}：{value.rstrip('。；，')}。" for code, value in parts.items()
    )
    return Composed(title=title_of(said), text=text, parts=parts)


def _values(said: Said) -> dict[str, str]:
    level = codes.table("warning-levels").name(str(said.level)) if said.level else ""
    return {
        "kind": noun_of(said.kind, said.hazard),
        "level": level,
        "start": span_of(said.effective_at, said.expires_at),
        "area": said.place,
        "caution": said.caution.strip(),
        "measures": said.measures.strip(),
        "issuer": said.issuer,
    }


def noun_of(kind_: str, hazard: str) -> str:
    """Call an alert by its kind and hazard: 危险化学品事故预警, 转移通知（山洪）."""
    row = kind(kind_)
    name = codes.table("hazards").name(hazard) if hazard else ""
    if row.several("levels"):
        return f"{name}预警"
    return f"{row.name}（{name}）" if name else row.name


def brief_of(kind_: str, hazard: str, level: int | None) -> str:
    """Say in a few characters what an alert is: 红色暴雨预警, 转移通知.

    The colour comes first: channels that take six characters cut off the end.
    """
    row = codes.table("issuers").get(kind_)
    colour = codes.table("warning-levels").get(str(level)) if level else None
    name = codes.table("hazards").name(hazard) if hazard else ""
    if name and (colour or row is None or row.several("levels")):
        return f"{(colour.text('color_name') or '') if colour else ''}{name}预警"
    return row.name if row else ""


def title_of(said: Said) -> str:
    """Write the title: who does what about which hazard, and how bad it is."""
    row = codes.table("warning-levels").get(str(said.level)) if said.level else None
    colour = (row.text("color_name") or "") if row else ""
    noun = noun_of(said.kind, said.hazard)
    if said.action in ("raise", "lower"):
        way = "提升" if said.action == "raise" else "降低"
        return f"{said.issuer}将{noun}{way}为{colour}"[:LONGEST_TITLE]
    if row:
        name = codes.table("hazards").name(said.hazard)
        noun = f"{name}{colour}预警"
        if said.action == "issue":
            noun += f"[{row.text('roman')}级/{row.text('severity_word')}]"
    return f"{said.issuer}{VERBS[said.action]}{noun}"[:LONGEST_TITLE]


def spoken(moment: datetime, *, year: bool = False) -> str:
    """Say a time as it is written in warnings: 8月3日09时30分."""
    wall = clock.local(moment)
    begins = f"{wall.year}年" if year else ""
    return f"{begins}{wall.month}月{wall.day}日{wall:%H}时{wall:%M}分"


def span_of(start: datetime | None, end: datetime | None) -> str:
    """Say from when to when; "" when neither is known."""
    begins = f"{spoken(start)}起" if start else ""
    ends = f"至{spoken(end)}" if end else ""
    return "，".join(one for one in (begins, ends) if one)


def stamped(text: str, at: datetime) -> str:
    """Put the time of issue at the end, where the law has it; once."""
    label = codes.table(CONTENTS).name(ISSUED_AT)
    return text if f"{label}：" in text else f"{text}{label}：{spoken(at, year=True)}。"


def place_of(found: Collection[str]) -> str:
    """Name regions as a warning does: 云岭乡、海门镇东岙村."""
    towns = {code: scope.pad(scope.prefix(code)[: scope.LENGTHS[Level.TOWN - 1]]) for code in found}
    names = regions.names({*found, *towns.values()})
    said = []
    for code in sorted(found):
        deep = scope.level_of(code) >= Level.VILLAGE
        said.append(f"{names.get(towns[code], '') if deep else ''}{names.get(code, code)}")
    return "、".join(said)


def issuer_of(kind_: str, seat: str) -> str:
    """Name who issues a kind at a seat: the registered unit, else the region's authority."""
    authority = kind(kind_).text("authority") or "government"
    level = Level.TOWN if scope.level_of(seat) >= Level.TOWN else Level.COUNTY
    kinds = ISSUERS.get((authority, level), ())
    found = Unit.objects.filter(region=seat, kind__in=kinds, retired_at=None).order_by("code")
    named = dict(reversed(found.values_list("kind", "name")))
    for one in kinds:
        if one in named:
            return named[one]
    return f"{regions.names([seat]).get(seat, '')}{TITLES.get(authority, '')}"
