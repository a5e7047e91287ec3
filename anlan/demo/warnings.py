"""A rainy night in the demo county: warnings that came in, one relayed, calls half answered.

Everything goes through the doors and deeds of the platform itself, as the demo accounts and by the
links that called people hold; only the clock is set back while it happens, so that the night has
gone on for some hours when a newcomer looks. The county, its stations and their words are invented:
see ``warnings.toml``.
"""

import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from anlan import codes
from anlan.base.obligations.models import Obligation
from anlan.base.obligations.services import Reply
from anlan.base.obligations.services.phone import make_links, respond_by_link
from anlan.base.people import selectors as people
from anlan.base.permissions.actor import Actor, system
from anlan.base.permissions.models import User
from anlan.base.permissions.selectors import actor_of
from anlan.base.permissions.services.links import open_link
from anlan.base.regions import scope
from anlan.base.regions.models import Level, Region
from anlan.comms.hooks import Told
from anlan.comms.services import take_replies
from anlan.demo import forewarned
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Missing
from anlan.protocols.alerting.cap import write_cap
from anlan.protocols.alerting.message import CAP_12, NATIONAL_XML, AlertMessage, Area, Info
from anlan.protocols.alerting.message12379 import Form
from anlan.protocols.alerting.message12379 import write as write_national
from anlan.warn.models import Received
from anlan.warn.selectors.filling import Content
from anlan.warn.services import calls
from anlan.warn.services.approving import submit_alert
from anlan.warn.services.drafting import draft_alert
from anlan.warn.services.receiving import Confirmed, paste_alert, receive_alert
from anlan.warn.services.relaying import dismiss_received, relay_alert

SCRIPT = Path(__file__).with_name("warnings.toml")
#: What a station's message takes from its desk to our door.
UNDER_WAY = 1
#: Minutes after which the own alert was handed to the second person, before now.
SUBMITTED = 3
#: A step of the golden section spreads whatever is counted evenly, and the same every time.
GOLDEN = 0.6180339887498949
#: The slowest answer came so many minutes after the call, most much sooner.
SLOWEST = 38

Values = Mapping[str, Any]


def start_warnings(county: str) -> int:
    """Let the night happen as the demo accounts; tell how many messages came in. Twice is once."""
    if Received.objects.exclude(source=forewarned.SOURCE).exists():
        return 0
    script = tomllib.loads(SCRIPT.read_text(encoding="utf-8"))
    night = _Night(county, script["calls"])
    try:
        for values in sorted(script["received"], key=lambda one: -one["ago"]):
            night.take(values)
        night.write_own(script["own"])
        night.answer()
        night.hear(script["replies"])
    finally:
        clock.use(None)
    return len(script["received"])


@contextmanager
def set_back(minutes: float) -> Iterator[datetime]:
    """Set this process's clock back by some minutes while something is done."""
    real = clock.real_now()
    then = real - timedelta(minutes=minutes)
    with tempfile.TemporaryDirectory(prefix="anlan-demo-") as folder:
        file = Path(folder) / "clock.json"
        clock.set_clock(file, clock.Setting(real, then, 1.0))
        clock.use(file)
        try:
            yield then
        finally:
            clock.use(None)


class _Night:
    """The night as it goes on."""

    def __init__(self, county: str, pace: Values) -> None:
        self.officer = _account("duty")
        self.county = county
        self.pace = pace
        towns = scope.below(Region.objects.filter(level=Level.TOWN, valid_to=None), county, "code")
        self.towns = dict(towns.values_list("name", "code"))
        #: Identifiers and times of what was sent, by the key of the script.
        self.sent: dict[str, tuple[str, str, datetime]] = {}
        #: Round of calls -> minutes before now that it was begun.
        self.rounds: dict[str, float] = {}

    def take(self, values: Values) -> None:
        """Take one message in, and do with it what the script says."""
        ago = float(values["ago"])
        with set_back(ago - UNDER_WAY):
            received = self._receive(values, self._sent_at(ago))
        if "relayed" in values:
            with set_back(ago - UNDER_WAY - float(values["relayed"])):
                alert = relay_alert(received=received, by=self.officer)
                self._call(alert, values, ago - UNDER_WAY - float(values["relayed"]))
        if "dismissed" in values:
            with set_back(ago - 2 * UNDER_WAY):
                dismiss_received(received=received, reason=values["dismissed"], by=self.officer)

    def _sent_at(self, ago: float) -> datetime:
        whole = clock.real_now() - timedelta(minutes=ago)
        return whole.replace(second=0, microsecond=0)

    def _receive(self, values: Values, sent: datetime) -> str:
        if values["form"] == "paste":
            confirmed = Confirmed(
                text=values["text"], station=values["station"], sent_at=sent,
                hazard=_hazard(values["event"]), level=values.get("level"),
                source=values.get("source", ""),
            )  # fmt: skip
            return paste_alert(confirmed=confirmed, by=self.officer)
        message = self._message(values, sent)
        self.sent[values["key"]] = (message.sender, message.identifier, sent)
        is_cap = values["form"] == "cap"
        form: Form = "json" if values["form"] == "national-json" else "xml"
        body = write_cap(message) if is_cap else write_national(message, form=form)
        return receive_alert(
            original=body, content_type=f"application/{form}", source="演示预警系统",
            by=self.officer,
        )  # fmt: skip

    def _message(self, values: Values, sent: datetime) -> AlertMessage:
        code, _, serial = values["number"].partition("_")
        stamp = clock.local(sent).strftime("%Y%m%d%H%M%S")
        ends = values.get("ends")
        areas = () if values.get("none") else (self._area(values.get("towns", ())),)
        earlier = self.sent.get(values.get("references", ""))
        info = Info(
            event=codes.table("event-codes").name(values["event"]), event_code=values["event"],
            level=values.get("level"), headline=values["headline"], description=values["text"],
            instruction=values.get("instruction", ""), sender_name=values["station"],
            effective=sent, expires=sent + timedelta(minutes=ends) if ends else None, areas=areas,
            categories=codes.hazard(_hazard(values["event"])).cap,
        )  # fmt: skip
        return AlertMessage(
            form=CAP_12 if values["form"] == "cap" else NATIONAL_XML,
            identifier=f"{code}_{stamp}_{serial}", sender=code, sent=sent,
            status=values.get("status", "actual"), action=values.get("action", "alert"),
            source=values["station"], references=(earlier,) if earlier else (), infos=(info,),
        )  # fmt: skip

    def _area(self, names: Sequence[str]) -> Area:
        found = tuple(self._codes(names))
        said = "、".join(Region.objects.get(pk=code).name for code in found)
        return Area(description=said, codes=found, geocodes=tuple(("codes", one) for one in found))

    def _codes(self, names: Sequence[str]) -> list[str]:
        """Look up townships; a county grown without them is meant as a whole."""
        return [self.towns[name] for name in names if name in self.towns] or [self.county]

    def _call(self, alert: str, values: Values, ago: float) -> None:
        """Begin and fill the calls at once: the worker that does so otherwise is not there yet."""
        if values.get("action") == "cancel":
            return
        round_ = calls.begin_calls(alert=alert, by=system("calls"))
        calls.fill_round(round_=round_, by=system("calls"))
        if values.get("calls"):
            self.rounds[round_] = ago

    def write_own(self, values: Values) -> None:
        """Draft the county's own alert and hand it to the second person."""
        with set_back(SUBMITTED + 4):
            content = Content(
                kind=values["kind"], hazard=values["hazard"], level=values["level"],
                regions=self._codes(values["towns"]),
                caution=values["caution"], measures=values["measures"],
                effective_at=clock.now(),
                expires_at=clock.now() + timedelta(minutes=values["ends"]),
            )  # fmt: skip
            drafted = draft_alert(content=content, by=self.officer)
        with set_back(SUBMITTED):
            submit_alert(alert=drafted, by=self.officer)

    def answer(self) -> None:
        """Let people answer by the links they were sent, some at once, some late, some never."""
        for round_, ago in self.rounds.items():
            owed = Obligation.objects.filter(kind="call", subject=round_, closed_at=None)
            ordered = (
                owed.exclude(debtor__in=_with_account())
                .order_by("region_id", "debtor_id")
                .values_list("pk", flat=True)
            )
            cries = list(self.pace["help"])
            for place, obligation in enumerate(ordered):
                share = (place * GOLDEN) % 1
                said = self._said(share * 100)
                if place % 97 == 41 and cries:
                    said = Reply(cries.pop(), {"reply": "need-help"})
                if said is not None:
                    # Most answer within minutes, the last ones late.
                    waited = 1 + SLOWEST * ((place * GOLDEN * GOLDEN) % 1) ** 3
                    with set_back(max(ago - waited, 0.2)):
                        self._speak(obligation, said)

    def hear(self, replies: Sequence[Values]) -> None:
        """Let words come in that no rule takes for an answer: they wait for an officer."""
        for values in replies:
            with set_back(values["ago"]) as then:
                told = Told(
                    ticket="", key="", number=values["number"], at=then, code="",
                    text=values["text"],
                )  # fmt: skip
                take_replies(carrier="console", told=[told])

    def _said(self, place: float) -> Reply | None:
        bounds = 0
        for key, reply in (("on_post", "on-post"), ("received", "received"), ("acted", "acted")):
            bounds += self.pace[key]
            if place < bounds:
                return Reply(answers={"reply": reply})
        return None

    def _speak(self, obligation: str, said: Reply) -> None:
        try:
            links = make_links(obligation=obligation, by=self.officer)
            key = next(iter(links.values()))
            respond_by_link(opened=open_link(key, "obligation"), reply=said)
        except Conflict:  # nobody holds the post, or they answered for it with another of theirs
            return


def _with_account() -> list[str]:
    """List the posts of the demo accounts: theirs to answer for whoever tries them."""
    persons = User.objects.exclude(person="").values_list("person", flat=True)
    return [one.post for one in people.held_by(list(persons))]


def _hazard(event: str) -> str:
    found = next((one for one in codes.hazards().values() if one.event_code == event), None)
    if found is None:
        raise Missing(f"没有事件类型 {event} 的灾种")
    return found.key


def _account(username: str) -> Actor:
    user = User.objects.filter(username=username).first()
    if user is None:
        raise Missing(f"演示用户 {username} 不存在")
    return actor_of(user)
