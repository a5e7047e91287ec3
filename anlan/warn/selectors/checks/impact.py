"""Before the button: whom it reaches, by how many messages, at what cost, until when."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import shapely

from anlan.base.db.among import among
from anlan.base.households.selectors import Place, exposed_within
from anlan.base.obligations.ladders import ladder_at
from anlan.base.people import selectors as people
from anlan.base.people.models import Post
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.base.regions.models import Level
from anlan.comms.carriers.slots import is_mute
from anlan.comms.channels import SHEET, channel_of
from anlan.comms.parts import parts_of
from anlan.comms.selectors.foretelling import is_carried, pacing_of, row_of
from anlan.kernel import clock
from anlan.warn.callrules import grade_of
from anlan.warn.models import Alert
from anlan.warn.selectors.callees import Call, Callee, callees
from anlan.warn.selectors.checks.calltext import CallText
from anlan.warn.selectors.sparing import called_before, called_elsewhere, is_anew

EXPOSURE = "exposure.view"
SMS = "sms"
#: The platform's own list: it is there as soon as it is owed.
AT_ONCE = "app"
#: Regions that are asked about one by one; of more than these nobody waits for the answer.
MOST = 40


@dataclass(frozen=True, kw_only=True)
class Load:
    """What one channel would carry."""

    channel: str
    label: str
    label_en: str
    messages: int
    #: Short messages in all, where a text may take several; None for other channels.
    segments: int | None = None
    #: How long all of them take, by the rates and lines there are, as the board reckons it.
    minutes: float
    #: How long those who are called have to answer; None where they have no deadline.
    within: float | None = None
    #: What all of them cost; None where nobody has entered a price.
    yuan: float | None = None
    #: What most of them read; "" where people say it, or nothing is set up to carry it.
    reads: str = ""
    #: Whether they hold the alert word for word; None where there is nothing to read.
    whole: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Impact:
    """What issuing would set going. None is not known, and `unknown` says why."""

    people: int | None = None
    households: int | None = None
    special: tuple[tuple[str, int], ...] = ()
    posts: int = 0
    #: Posts that were called about the same already: they are not called again.
    spared: int = 0
    vacant: int = 0
    #: Posts by level of their region: county, township, village, grid.
    by_level: tuple[tuple[int, int], ...] = ()
    loads: tuple[Load, ...] = ()
    #: Until the last of the first round has been tried; nobody waits for a sheet that stands by.
    minutes: float | None = None
    yuan: float | None = None
    unknown: tuple[str, ...] = ()


@dataclass
class _Exposed:
    people: int = 0
    households: int = 0
    special: Counter[str] = field(default_factory=Counter)
    unknown: list[str] = field(default_factory=list)

    def known(self, figure: int) -> int | None:
        """Give a figure; None where it is zero because nobody has said who lives there."""
        return None if figure == 0 and self.unknown else figure


def impact(alert: Alert, actor: Actor) -> Impact:
    """Tell what issuing an alert would set going, as far as the actor may know."""
    called, spared = _called(alert, actor)
    holders: dict[str, str] = {}
    for held in people.holdings_on([one.post for one in called]):
        holders.setdefault(held.post, held.person)
    exposed = _exposed(alert.regions, actor)
    levels = Counter(scope.level_of(one.region) for one in called)
    loads = _loads(called, holders, alert)
    priced = [one.yuan for one in loads if one.yuan is not None]
    return Impact(
        people=exposed.known(exposed.people) if exposed else None,
        households=exposed.known(exposed.households) if exposed else None,
        special=tuple(sorted(exposed.special.items())) if exposed else (),
        posts=len(called),
        spared=spared,
        vacant=sum(one.post not in holders for one in called),
        by_level=tuple(sorted(levels.items())),
        loads=tuple(loads),
        minutes=max((one.minutes for one in loads if one.channel != SHEET), default=None),
        yuan=sum(priced) if priced else None,
        unknown=tuple(exposed.unknown) if exposed else ("没有查询受影响人口的权限",),
    )


def _called(alert: Alert, actor: Actor) -> tuple[list[Callee], int]:
    """List whom issuing calls, and tell how many are spared because they are called already."""
    call = _call(alert, actor)
    every = callees(call)
    told = called_elsewhere(alert, call, every)
    if not is_anew(alert, call.grade):
        told |= called_before(alert.root, call.grade)
    found = [one for one in every if one.post not in told]
    return found, len(every) - len(found)


def _call(alert: Alert, actor: Actor) -> Call:
    """Tell whom the alert would call if this actor issued it."""
    own = actor.region if actor.region and _covers(actor.region, alert) else ""
    return Call(
        grade=grade_of(alert.kind, alert.level), hazard=alert.hazard,
        regions=tuple(alert.regions), caller=own or _county(alert.region_id),
    )  # fmt: skip


def _covers(region: str, alert: Alert) -> bool:
    return scope.covers(scope.prefix(region), alert.region_id)


def _county(region: str) -> str:
    return scope.pad(scope.prefix(region)[: scope.LENGTHS[Level.COUNTY - 1]])


def _loads(called: Sequence[Callee], holders: Mapping[str, str], alert: Alert) -> list[Load]:
    """Count the messages of the first rung as they will be queued and worded."""
    lines: dict[str, list[tuple[Callee, datetime | None]]] = {}
    told: set[tuple[str, str]] = set()
    for one, channel, due in _first_rungs(called):
        carried = lines.setdefault(channel, [])
        # Whoever holds the post is told, not their deputies, and once, whatever else they hold;
        # a place is sounded once, whoever is in it.
        whom = one.region if channel_of(channel).told_once == "region" else holders.get(one.post)
        if whom is not None and (channel, whom) not in told:
            told.add((channel, whom))
            carried.append((one, due))
    pieces = _pieces(lines.get(SMS, ()), alert)
    return [_load(name, lines[name], pieces, alert) for name in sorted(lines)]


def _first_rungs(called: Sequence[Callee]) -> Iterator[tuple[Callee, str, datetime | None]]:
    """Tell through which channels each post is turned to first, and until when it is to answer."""
    now = clock.now()
    ladders = {key: ladder_at(key, now) for key in {one.ladder for one in called}}
    spans = {key: one.answer_within for key, one in ladders.items()}
    dues = {key: span.after(now) if span else None for key, span in spans.items()}
    for one in called:
        for channel in ladders[one.ladder].rungs[0].channels:
            if channel != AT_ONCE and not is_mute(channel):
                yield one, channel, dues[one.ladder]


def _pieces(told: Sequence[tuple[Callee, datetime | None]], alert: Alert) -> int:
    """Count the short messages of some posts' texts, each with its own place and title."""
    if not told:
        return 0
    writing = CallText(alert, SMS)
    names = regions.names({one.region for one, _ in told})
    rows = Post.objects.filter(among("pk", [one.post for one, _ in told]))
    titles = dict(rows.values_list("pk", "title"))
    texts = (writing.of(names.get(one.region, ""), titles[one.post], due) for one, due in told)
    return sum(parts_of(text) for text in texts if text)


def _load(
    channel: str, carried: Sequence[tuple[Callee, datetime | None]], pieces: int, alert: Alert
) -> Load:
    row, messages = row_of(channel), len(carried)
    first = min((due for _, due in carried if due is not None), default=None)
    reads = CallText(alert, channel).usual() if is_carried(channel) else ""
    price, charged = row.number("yuan"), pieces if channel == SMS else messages
    return Load(
        channel=channel, label=row.name, label_en=row.name_en, messages=messages,
        segments=pieces if channel == SMS else None,
        minutes=round(pacing_of(channel).seconds(messages) / 60, 1),
        within=None if first is None else round((first - clock.now()).total_seconds() / 60, 1),
        yuan=None if price is None else round(charged * price, 2),
        reads=reads, whole=alert.text in reads if reads else None,
    )  # fmt: skip


def _exposed(regions_: Sequence[str], actor: Actor) -> _Exposed | None:
    """Add up who lives in some regions; None when the actor may not ask."""
    if not may(actor, EXPOSURE) or not regions_:
        return None
    found = _Exposed()
    places, left = _places(regions_)
    for place in places:
        told = exposed_within(place, actor)
        found.people += told["people"]["total"]
        found.households += told["households"]
        found.special.update({one["group"]: one["count"] for one in told["special"]})
        found.unknown += [line for line in told["unknown"] if line not in found.unknown]
    if left:
        found.unknown.append(f"{left} 个没有边界的地区未计入，地区太多")
    return found


def _places(regions_: Sequence[str]) -> tuple[list[Place], int]:
    """Say the regions as few places; tells how many of them are left out.

    Up to so many each by its code. Of more, those with a boundary as one shape, the others by their
    codes, as many as anybody waits for.
    """
    if len(regions_) <= MOST:
        return [Place(None, code) for code in regions_], 0
    drawn = {code: regions.outline(code) for code in regions_}
    bare = [code for code, shape in drawn.items() if shape is None]
    shapes = [shape for shape in drawn.values() if shape is not None]
    whole = [Place(shapely.union_all(shapes))] if shapes else []
    return [*whole, *(Place(None, code) for code in bare[:MOST])], len(bare[MOST:])
