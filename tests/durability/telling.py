"""People moved, losses told, a form filled and a review finished, by processes that die of it."""

import json
import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from anlan.base.forms import services as forms
from anlan.base.forms.models import Revision, Sheet
from anlan.base.households.tests.people import household
from anlan.base.jobs.worker import drain
from anlan.base.obligations.models import Obligation
from anlan.base.outbox.models import Event
from anlan.base.people.tests import village as v
from anlan.base.permissions.actor import Actor, Holding
from anlan.base.regions import scope
from anlan.kernel import clock
from anlan.relief import services as losses
from anlan.relief.models import LossDraft, LossMatter, LossReport
from anlan.respond.evacuation import services as moving
from anlan.respond.evacuation.models import Entry, Evacuation, Tick
from anlan.respond.evacuation.selectors.counting import Tally, recounted, tally
from anlan.respond.evacuation.services.ticking import Ticker, Word
from tests.durability.dying import die_of

#: Version of the sheet on the page from which it is pressed twice.
SEEN = 1
COLUMNS = [{"key": "moved", "label": "转移人数", "unit": "人", "required": True}]


def _actor(role: str, region: str = v.COUNTY) -> Actor:
    return Actor(
        ref=f"user:{role}", user_id=role, name=role, region=region,
        roles=(Holding(role, scope.prefix(region)),),
    )  # fmt: skip


OFFICER, CHIEF, SECTION = (_actor(role) for role in ("duty-officer", "commander", "section"))
TOWNSHIP = _actor("township", v.TOWN)


def make() -> None:
    """Make a county with a danger zone above two households, a form that asks, losses to tell."""
    v.make_regions()
    v.unit(region=v.COUNTY, name="云屿县人民政府")
    v.person("R1", "某转移", v.NEAR, "10000000001")
    v.person("R2", "某乡长", v.TOWN, "10000000002")
    v.post("P-NEAR", "transfer-responsible", v.NEAR, "R1")
    v.post("P-TOWN", "disaster-reporter", v.TOWN, "R2")
    v.save(
        "danger-zones", code="Z1", name="山洪危险区", kind="flash-flood", region=v.NEAR,
        hazards=["flash-flood"], transfer_lead="P-NEAR", households=2, people=5,
    )  # fmt: skip
    for code, people in (("H1", 2), ("H2", 3)):
        household(code, 121.50, 28.40, people, stay="relatives")
        v.save("threats", zone="Z1", household=code, note="屋后坡脚")
    form = forms.draw_form(
        drawn=forms.Drawn(title="转移报表", columns=COLUMNS, regions=[v.TOWN]), by=OFFICER
    )
    forms.open_round(form=form, after=0, by=OFFICER)
    losses.open_matter(
        occurrence=losses.Occurrence(
            hazard="typhoon", region=v.COUNTY, title="台风", occurred_at=clock.now()
        ),
        by=SECTION,
    )


def press() -> None:
    """Do the deed the arguments name, and die when they say."""
    deed, moment = sys.argv[1:3]
    die_of(DEEDS[deed], moment)


def tell() -> None:
    """Let everything follow that follows by itself, then tell all that there is."""
    drain()
    batches = list(Evacuation.objects.values_list("pk", "state"))
    kinds = Obligation.objects.filter(kind__in=("evacuate", "form", "loss-report"))
    print(
        json.dumps(
            {
                "batches": [state for _, state in batches],
                "listed": [Entry.objects.filter(evacuation=pk).count() for pk, _ in batches],
                "owed": sorted(kinds.values_list("kind", "state")),
                "ticks": Tick.objects.exclude(was="").count(),
                "agree": [_counted(tally(pk)) == _counted(recounted(pk)) for pk, _ in batches],
                "reports": list(LossReport.objects.values_list("number", "figures")),
                "revisions": list(Revision.objects.values_list("number", flat=True)),
                "told": Counter(Event.objects.values_list("kind", flat=True)),
            }
        )
    )  # fmt: skip


def _counted(told: Tally) -> Tally:
    """Leave out the states nobody is in."""
    return {region: {s: n for s, n in own.items() if n} for region, own in told.items()}


def _draft() -> None:
    ask = moving.Ask(
        title="山洪转移", region=v.COUNTY, hazards=["flash-flood"], once="storm",
        expected_at=clock.now() + timedelta(hours=9),
    )  # fmt: skip
    moving.draft_evacuation(ask=ask, by=OFFICER)


def _order() -> None:
    moving.order_evacuation(evacuation=Evacuation.objects.get().pk, by=CHIEF)


def _tick() -> None:
    entry = Entry.objects.filter(household__code="H1").order_by("pk").first()
    assert entry is not None
    word = Word(state="relatives", household=entry.household_id or "", client="tick-1")
    moving.tick_roll(evacuation=entry.evacuation_id, words=[word], ticker=Ticker(OFFICER, "dev"))


def _fill() -> None:
    sheet = Sheet.objects.get(region=v.TOWN)
    filled = forms.Filled(rows=[{"moved": 5}], version=SEEN)
    forms.submit_sheet(sheet=sheet.pk, filled=filled, by=TOWNSHIP)


def _report() -> None:
    matter = LossMatter.objects.get()
    before = LossDraft.objects.filter(matter=matter, region=v.TOWN).first()
    version = before.version if before else 0
    drafted = losses.Drafted(figures={"affected": 7}, version=version)
    draft = losses.save_draft(matter=matter.pk, region=v.TOWN, drafted=drafted, by=TOWNSHIP)
    losses.hand_in(matter=matter.pk, region=v.TOWN, version=draft.version, by=TOWNSHIP)


DEEDS: dict[str, Callable[[], None]] = {
    "draft": _draft, "order": _order, "tick": _tick, "fill": _fill, "report": _report,
}  # fmt: skip
