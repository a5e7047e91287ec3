"""A warning that came as a text (a chat, a mail): pasted, recognised, confirmed by a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from anlan import codes
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.kernel import clock
from anlan.kernel.errors import Invalid
from anlan.protocols.alerting.message import PASTED, AlertMessage, Area, Info
from anlan.warn.reading import AHEAD, LONGEST_TEXT
from anlan.warn.services.receiving.intake import ACTION, Inbound, receive_alerts

VIEW = "alerts.view"
ACTIONS = ("alert", "update", "cancel", "error")


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """What the officer confirmed or put right; the text stays as it was pasted."""

    text: str
    station: str
    sent_at: datetime
    hazard: str
    level: int | None = None
    action: str = "alert"
    headline: str = ""
    regions: Sequence[str] = ()
    place: str = ""
    expires_at: datetime | None = None
    #: Where it was found: a group, a person, a page.
    source: str = ""


def paste_alert(*, confirmed: Confirmed, by: Actor) -> str:
    """Take a pasted warning in, with the fields a person confirmed; returns its id.

    Where the same warning came by the department's own way already, or comes later, it is one.
    """
    permit(by, ACTION)
    permit(by, VIEW)  # who pastes is a person with the inbox, not another system's account
    _check(confirmed)
    hazard = codes.hazard(confirmed.hazard)
    area = Area(description=confirmed.place, codes=tuple(confirmed.regions))
    message = AlertMessage(
        form=PASTED,
        identifier="",
        sender="",
        sent=confirmed.sent_at,
        action=confirmed.action,
        source=confirmed.station.strip(),
        infos=(
            Info(
                event=hazard.name, event_code=hazard.event_code, categories=hazard.cap,
                level=confirmed.level, headline=confirmed.headline.strip(),
                description=confirmed.text, sender_name=confirmed.station.strip(),
                expires=confirmed.expires_at, areas=(area,),
            ),
        ),
    )  # fmt: skip
    inbound = Inbound(
        original=confirmed.text.encode(), content_type="text/plain; charset=utf-8", way="paste",
        source=confirmed.source.strip()[:80], message=message,
    )  # fmt: skip
    taken = receive_alerts(items=[inbound], by=by)[0]
    if taken.refusal is not None:
        raise taken.refusal
    return taken.received


def _check(confirmed: Confirmed) -> None:
    errors: dict[str, list[str]] = {}
    if not confirmed.text.strip() or len(confirmed.text) > LONGEST_TEXT:
        errors["text"] = [f"请粘贴预警全文，不超过 {LONGEST_TEXT} 字"]
    if not confirmed.station.strip():
        errors["station"] = ["请填写发布单位"]
    if confirmed.sent_at.tzinfo is None or confirmed.sent_at > clock.now() + AHEAD:
        errors["sent_at"] = ["请填写发布时间，不能晚于现在"]
    if confirmed.hazard not in codes.hazards():
        errors["hazard"] = ["请选择灾种"]
    if confirmed.level is not None and str(confirmed.level) not in codes.table("warning-levels"):
        errors["level"] = ["没有这个级别"]
    if confirmed.action not in ACTIONS:
        errors["action"] = ["没有这种动作"]
    if errors:
        raise Invalid("有几处需要改正", errors=errors)
