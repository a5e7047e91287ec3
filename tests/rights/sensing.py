"""One of everything that measures, and how each address of monitoring is asked."""

from io import BytesIO
from typing import Any

from anlan.base.permissions import Actor, system
from anlan.kernel import clock
from anlan.sense.bindings import Binding, Change
from anlan.sense.models import Alarm
from anlan.sense.services import alarms, backfills, keys, maintenance, rules
from tests.declarations.demo_rows import COUNTY, VILLAGE
from tests.rights.asking import Ask

BY = system("test")
SPEC = {
    "title": "演示规则", "kind": "level", "quantity": "reservoir-level", "hazard": "dam-danger",
    "conditions": [{"level": 3, "limit": {"level": "flood-limit"}}],
}  # fmt: skip
TIMES = {"starts": "2026-01-01T00:00:00+08:00", "ends": "2126-01-01T00:00:00+08:00"}


def put_up(ids: dict[str, str]) -> None:
    """Add a rule in force, an alarm of it that stands, a device key and maintenance."""
    rule = rules.create_rule(code="DEMO-RULE", region=COUNTY, spec=SPEC, by=BY)
    rules.enable_rule(rule=rule.pk, by=BY)
    ids["rule"] = rule.pk
    binding = Binding(
        watch="3:1", matter=f"DEMO-RULE:{ids['stations']}", rule=rule.pk, version=1,
        hazard="dam-danger", level=3, limit=76.0, unit="m", decimals=2, says="演示水位超汛限",
        again_s=600, station=ids["stations"], stream=ids["streams"],
    )  # fmt: skip
    at = int(clock.now().timestamp() * 1000)
    alarms.raise_alarms(changes=[Change(binding, True, at, 76.5)], by=BY)
    ids["alarm"] = Alarm.objects.get().pk
    ids["device-key"] = keys.create_key(name="演示设备", gateway=ids["gateways"], by=BY).key.pk
    now = clock.now()
    work = maintenance.Work(
        of="gateway", thing=ids["gateways"], starts=now, ends=now + maintenance.LONGEST,
        reason="演示检修",
    )  # fmt: skip
    ids["maintenance"] = maintenance.announce_maintenance(work=work, by=BY)


def bring(ids: dict[str, str], section: Actor) -> None:
    """Add a file of old observations that the county's section brought."""
    ids["backfill"] = backfills.start_backfill(
        name="演示.csv", file=_table()["file"], zone=backfills.BEIJING, by=section
    ).pk


def _table() -> dict[str, Any]:
    file = BytesIO(b"stream,time,value\nDEMO-ST1.level,2026-01-01 08:00,1\n")
    file.name = "演示.csv"
    return {"file": file}


def _deeds(path: str, verbs: dict[str, dict[str, Any]]) -> tuple[Ask, ...]:
    return tuple(Ask(f"{path}/{verb}", body, note=verb) for verb, body in verbs.items())


SENSE: dict[str, tuple[Ask, ...]] = {
    "GET /alarms": (Ask("/alarms"), Ask("/alarms?state=all&q=%E6%BC%94%E7%A4%BA", note="all")),
    "GET /alarms/count": (Ask("/alarms/count"),),
    "GET /alarms/days": (Ask("/alarms/days"),),
    "GET /alarms/{alarm}": (Ask("/alarms/{alarm}"),),
    "POST /alarms/acknowledge": (
        Ask("/alarms/acknowledge", lambda world: {"ids": [world.ids["alarm"]]}),
    ),
    "POST /alarms/classify": (
        Ask("/alarms/classify", lambda world: {"ids": [world.ids["alarm"]], "cause": "real"}),
    ),
    "POST /alarms/shelve": (
        Ask(
            "/alarms/shelve",
            lambda world: {
                "ids": [world.ids["alarm"]], "until": TIMES["ends"], "reason": "走查",
            },
        ),
    ),
    "POST /alarms/unshelve": (
        Ask("/alarms/unshelve", lambda world: {"ids": [world.ids["alarm"]]}),
    ),
    "POST /alarms/close": (Ask("/alarms/close", lambda world: {"ids": [world.ids["alarm"]]}),),
    "POST /alarms/{alarm}/{verb}": _deeds(
        "/alarms/{alarm}",
        {
            "acknowledge": {}, "classify": {"cause": "real"},
            "shelve": {"until": TIMES["ends"], "reason": "走查"}, "unshelve": {}, "close": {},
        },
    ),
    "GET /sense/precision": (
        Ask("/sense/precision"), Ask("/sense/precision?by=stream", note="stream"),
    ),
    "GET /sense/latest": (Ask("/sense/latest"),),
    "GET /sense/stations": (Ask("/sense/stations"),),
    "GET /sense/stations/{station}": (Ask("/sense/stations/{stations}"),),
    "GET /sense/streams/{code}": (Ask("/sense/streams/DEMO-ST1.level"),),
    "GET /sense/streams/{code}/observations": (
        Ask("/sense/streams/DEMO-ST1.level/observations"),
    ),
    "GET /sense/quality": (Ask("/sense/quality"),),
    "POST /sense/observations": (
        Ask(
            "/sense/observations",
            {"observations": [{"stream": "DEMO-ST1.level", "time": TIMES["starts"], "value": 1}]},
        ),
    ),
    "GET /sense/backfills": (Ask("/sense/backfills"),),
    "POST /sense/backfills": (Ask("/sense/backfills", form=_table),),
    "GET /sense/backfills/template.xlsx": (Ask("/sense/backfills/template.xlsx"),),
    "GET /sense/backfills/{identity}": (Ask("/sense/backfills/{backfill}"),),
    "GET /sense/backfills/{identity}/refused.xlsx": (
        Ask("/sense/backfills/{backfill}/refused.xlsx"),
    ),
    "POST /sense/backfills/{identity}/accept": (Ask("/sense/backfills/{backfill}/accept", {}),),
    "DELETE /sense/backfills/{identity}": (Ask("/sense/backfills/{backfill}"),),
    "GET /sense/rules": (Ask("/sense/rules"),),
    "POST /sense/rules": (
        Ask("/sense/rules", {"code": "WALK", "region": VILLAGE, "spec": SPEC}),
    ),
    "POST /sense/rules/sentence": (
        Ask("/sense/rules/sentence", {"region": VILLAGE, "spec": SPEC}),
    ),
    "POST /sense/rules/backtest": (
        Ask(
            "/sense/rules/backtest",
            {"region": VILLAGE, "spec": SPEC, "from": TIMES["starts"],
             "to": "2026-01-02T00:00:00+08:00"},
        ),
    ),
    "GET /sense/rules/tables": (
        Ask("/sense/rules/tables?quantity=rain&hazard=rainstorm", same=True),
    ),
    "POST /sense/rules/defaults": (Ask("/sense/rules/defaults", {"region": VILLAGE}),),
    "GET /sense/rules/{rule}": (Ask("/sense/rules/{rule}"),),
    "PATCH /sense/rules/{rule}": (Ask("/sense/rules/{rule}", {"spec": SPEC}),),
    "POST /sense/rules/{rule}/enable": (Ask("/sense/rules/{rule}/enable", {}),),
    "POST /sense/rules/{rule}/disable": (Ask("/sense/rules/{rule}/disable", {}),),
    "POST /sense/rules/{rule}/retire": (Ask("/sense/rules/{rule}/retire", {}),),
    "GET /sense/device-keys": (Ask("/sense/device-keys"),),
    "POST /sense/device-keys": (
        Ask("/sense/device-keys", lambda world: {"name": "新", "gateway": world.ids["gateways"]}),
    ),
    "POST /sense/device-keys/{key}/revoke": (Ask("/sense/device-keys/{device-key}/revoke", {}),),
    "GET /sense/maintenance": (Ask("/sense/maintenance"),),
    "POST /sense/maintenance": (
        Ask(
            "/sense/maintenance",
            lambda world: {"station": world.ids["stations"], "reason": "走查", **TIMES},
        ),
    ),
    "POST /sense/maintenance/{maintenance}/end": (Ask("/sense/maintenance/{maintenance}/end", {}),),
}  # fmt: skip
