"""What relaying a message would send: the same for the deed and for a look ahead."""

from collections.abc import Sequence

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import prefixes
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.base.regions.models import Level
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Conflict, Forbidden, Invalid
from anlan.warn import competence
from anlan.warn.models import Alert, Received
from anlan.warn.selectors.areas import joint
from anlan.warn.states import RECEIVED

ACTION = "alerts.relay"
LONGEST_TITLE = 200


def check_may_go(row: Received) -> None:
    """Refuse what is not an actual warning, or holds no longer."""
    allowed = ("actual",) if workspace.current().kind != "exercise" else ("actual", "exercise")
    if row.status not in allowed:
        raise Invalid("这是演练或测试报文，不能转发", errors={"status": ["不是实际预警"]})
    if row.action == "ack":
        raise Invalid("这是回执，不是预警", errors={"action": ["不是预警"]})
    ends = row.action in ("cancel", "error")
    if row.state != "standing" and not (ends and row.state == "notice"):
        raise Conflict(f"这条预警{RECEIVED[row.state].label}，不能再转发")


def whither(row: Received, chosen: Sequence[str] | None, by: Actor) -> list[str]:
    """Tell the regions it goes to: what was asked, as far as the actor may relay."""
    asked = [scope.normalise(code) for code in chosen] if chosen is not None else list(row.regions)
    if not asked:
        raise Invalid(
            "这条预警没有可用的影响范围，不能发送。请先选择地区。",
            errors={"regions": ["没有影响范围"]},
        )
    _check_chosen(row, asked)
    mine = prefixes(by, ACTION)
    kept = [code for code in asked if any(scope.covers(one, code) for one in mine)]
    inside = [scope.pad(p) for p in mine for code in asked if scope.covers(scope.prefix(code), p)]
    found = sorted({*kept, *inside})
    if not found:
        raise Forbidden("您没有这项权限，或该地区不在您的管辖范围内。请联系安全管理员授权。")
    return found


def _check_chosen(row: Received, asked: Sequence[str]) -> None:
    unknown = set(asked) - regions.still_open(asked)
    if unknown:
        raise Invalid("有的地区不在名录中", errors={"regions": sorted(unknown)})
    # An area that another one's copy filled in, or contradicts, is no sure word of the message.
    own = not any(note[0] in ("area-by", "area-differs") for note in row.notes)
    named = [scope.prefix(code) for code in row.regions] if own else []
    beyond = [code for code in asked if not any(scope.covers(one, code) for one in named)]
    if named and beyond:
        raise Invalid(
            "原文没有包含所选的地区，原文转发不能扩大范围",
            errors={"regions": [f"{code} 不在原文范围内" for code in beyond]},
        )


def relay_of(row: Received, whither: Sequence[str], by: Actor) -> Alert:
    """Make the alert that passes a message on, word for word; nothing is kept."""
    now = clock.now()
    # A bare end names no kind; any other takes the place of its own kind alone.
    kinds = {"kind": row.kind} if row.kind else {}
    previous = (
        Alert.objects.filter(
            received__root=row.root, relayed=True, state__in=("issued", "expired"), **kinds
        )
        .exclude(issued_at=None)
        .order_by("-id")
        .first()
    )
    alert = Alert(
        kind=row.kind,
        relayed=True,
        received=row,
        hazard=row.hazard,
        level=row.level,
        action=_action(row, previous),
        title=(row.headline or row.text)[:LONGEST_TITLE],
        text=row.text,
        instruction=row.instruction,
        station=row.station,
        sent_at=row.sent_at,
        region_id=joint(whither),
        seat_id=_seat(joint(whither), by),
        regions=list(whither),
        area=row.area,
        place=row.place,
        public=bool(competence.is_public(row.kind)),
        effective_at=row.effective_at,
        expires_at=row.expires_at,
        previous=previous,
        case=row.case,
        drafted_at=now,
        drafted_by=by.ref,
    )
    alert.root = previous.root if previous else alert.pk
    return alert


def _seat(region: str, by: Actor) -> str:
    """Name the region in whose name an actor relays: their own, the county's of a job."""
    held = [one for one in prefixes(by, ACTION) if one and scope.covers(one, region)]
    county = scope.prefix(region)[: scope.LENGTHS[Level.COUNTY - 1]]
    return scope.pad(held[0] if held else county)


def _action(row: Received, previous: Alert | None) -> str:
    """Tell what passing it on does to what went out before in the same chain."""
    if row.action == "error":
        return "withdraw"
    if row.action == "cancel":
        return "cancel"
    if previous is None:
        return "issue"
    return change_of_level(previous.level, row.level) or (
        "extend" if previous.text == row.text else "update"
    )


def change_of_level(before: int | None, after: int | None) -> str:
    """Name the change between two levels: ``raise``, ``lower``, or "" when there is none."""
    if before is None or after is None or before == after:
        return ""
    return "raise" if after < before else "lower"
