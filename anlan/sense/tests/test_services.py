"""Keys, rules, maintenance and what the ingest process reads of them."""

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
from django.core.exceptions import ValidationError

from anlan.base.journal.models import Entry
from anlan.base.permissions.actor import Actor
from anlan.base.register.registry import REGISTERS
from anlan.base.register.services import retire_row, save_row
from anlan.kernel import clock
from anlan.kernel.errors import AnlanError, Conflict, Forbidden, Invalid, Missing
from anlan.sense.bindings import Change
from anlan.sense.models import Alarm, DeviceKey, Rule, Stream
from anlan.sense.models.fields import LevelsField, LevelsFormField
from anlan.sense.selectors.directory import (
    epoch,
    next_turn,
    rule_book,
    rule_rows,
    streams_directory,
)
from anlan.sense.selectors.identities import identify, sender
from anlan.sense.services import alarms, keys, maintenance, rules
from anlan.sense.tests.conftest import (
    BY,
    COUNTY,
    NEIGHBOUR,
    OTHER_TOWN,
    TOWN,
    World,
    actor,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

SECTION = actor("section", COUNTY)
CHARLIE = actor("section", NEIGHBOUR, "charlie")
SPEC = {
    "title": "水位", "kind": "level", "quantity": "water-level", "hazard": "flood",
    "conditions": [{"level": 3, "limit": {"level": "warning"}}],
}  # fmt: skip


def turned(deed: Callable[[], object]) -> bool:
    """Tell whether a deed had the ingest process read anew."""
    before = epoch()
    deed()
    return epoch() > before


def test_a_key_is_shown_once_and_opens_its_gateways_streams(world: World) -> None:
    made = keys.create_key(name="遥测终端", gateway=world.gateway.pk, by=SECTION)
    assert made.secret not in str(DeviceKey.objects.values().get())
    known = identify(made.key.pk, made.secret)
    assert known is not None
    assert (known.ref, known.numbers) == (f"device:{made.key.pk}", frozenset((1,)))
    assert identify(made.key.pk, made.secret + "x") is None
    assert identify("nobody", made.secret) is None
    entry = Entry.objects.get(deed="device-keys.made")
    assert made.secret not in entry.detail.body


def test_a_key_for_named_streams_opens_those_alone(world: World) -> None:
    made = keys.create_key(name="探测器", streams=[world.gas[0].pk], by=SECTION)
    known = identify(made.key.pk, made.secret)
    assert known is not None
    assert known.numbers == frozenset((2,))


def test_a_revoked_key_and_one_past_its_end_open_nothing(world: World) -> None:
    made = keys.create_key(name="临时", gateway=world.gateway.pk, by=SECTION)
    assert turned(lambda: keys.revoke_key(key=made.key.pk, by=SECTION))
    assert identify(made.key.pk, made.secret) is None
    with pytest.raises(Conflict):
        keys.revoke_key(key=made.key.pk, by=SECTION)
    other = keys.create_key(name="临时", gateway=world.gateway.pk, by=SECTION)
    DeviceKey.objects.filter(pk=other.key.pk).update(expires=clock.real_now())
    assert identify(other.key.pk, other.secret) is None
    with pytest.raises(Invalid):
        keys.create_key(name="过期", gateway=world.gateway.pk, expires=clock.real_now(), by=SECTION)


@pytest.mark.parametrize(
    ("who", "error"), [(CHARLIE, Missing), (actor("duty-officer", COUNTY), Forbidden)]
)
def test_who_may_not_make_keys_makes_none(
    world: World, who: Actor, error: type[AnlanError]
) -> None:
    with pytest.raises(error):
        keys.create_key(name="偷", gateway=world.gateway.pk, by=who)
    with pytest.raises(error):
        keys.create_key(name="偷", streams=[world.level.pk], by=who)
    made = keys.create_key(name="真", gateway=world.gateway.pk, by=SECTION)
    with pytest.raises((Missing, Forbidden)):
        keys.revoke_key(key=made.key.pk, by=who)
    assert DeviceKey.objects.count() == 1


def test_a_user_sends_for_the_streams_of_their_region() -> None:
    assert sender(actor("township", TOWN)).numbers == frozenset((1,))
    assert sender(actor("township", OTHER_TOWN)).numbers == frozenset((2, 3))
    assert sender(BY).numbers is None
    with pytest.raises(Forbidden):
        sender(actor("duty-officer", COUNTY))


def test_a_rule_is_a_draft_until_somebody_enables_it() -> None:
    rule = rules.create_rule(code="r1", region=COUNTY, spec=SPEC, by=SECTION)
    Rule.objects.exclude(pk=rule.pk).delete()
    assert rule_rows() == []
    assert turned(lambda: rules.enable_rule(rule=rule.pk, by=SECTION))
    assert [row.version for row in rule_rows()] == [1]
    stored = Rule.objects.get(pk=rule.pk)
    assert (stored.enabled_by, stored.enabled_at is None) == (SECTION.ref, False)
    rules.edit_rule(rule=rule.pk, spec={**SPEC, "title": "新"}, by=SECTION)
    assert [(row.version, row.spec.title) for row in rule_rows()] == [(1, "水位")]
    rules.enable_rule(rule=rule.pk, by=SECTION)
    assert [row.version for row in rule_rows()] == [2]
    rules.enable_rule(rule=rule.pk, by=SECTION, number=1)
    assert [row.version for row in rule_rows()] == [1]
    with pytest.raises(Conflict):
        rules.enable_rule(rule=rule.pk, by=SECTION, number=1)
    with pytest.raises(Missing):
        rules.enable_rule(rule=rule.pk, by=SECTION, number=9)
    verbs = set(Entry.objects.filter(subject_kind="rule").values_list("deed", flat=True))
    assert verbs == {"rules.created", "rules.enabled", "rules.edited"}


def test_two_people_do_not_overwrite_each_other() -> None:
    rule = rules.create_rule(code="r1", region=COUNTY, spec=SPEC, by=SECTION)
    rules.edit_rule(rule=rule.pk, spec=SPEC, by=SECTION, version=1)
    with pytest.raises(Conflict):
        rules.edit_rule(rule=rule.pk, spec=SPEC, by=SECTION, version=1)
    with pytest.raises(Conflict):
        rules.create_rule(code="r1", region=COUNTY, spec=SPEC, by=SECTION)


@pytest.mark.parametrize("verb", ["disable", "retire"])
def test_a_rule_switched_off_takes_its_alarms_with_it(verb: str) -> None:
    rule = rules.create_rule(code="r1", region=COUNTY, spec=SPEC, by=SECTION)
    rules.enable_rule(rule=rule.pk, by=SECTION)
    book = rule_book(streams_directory())
    (binding,) = [one for one in book.bindings if one is not None and one.rule == rule.pk]
    at = int(clock.now().timestamp() * 1000)
    alarms.raise_alarms(changes=[Change(binding, True, at, 12.9)], by=BY)
    assert Alarm.objects.get().title == "河道水位达到警戒水位 12.30 m"
    deed = rules.disable_rule if verb == "disable" else rules.retire_rule
    assert turned(lambda: deed(rule=rule.pk, by=SECTION))
    assert Alarm.objects.get().state == "cleared"
    assert [row.code for row in rule_rows()] == ["river-stage"]


def test_charlie_finds_no_such_rule_and_writes_none_here() -> None:
    rule = rules.create_rule(code="r1", region=COUNTY, spec=SPEC, by=SECTION)
    for deed in (
        lambda: rules.edit_rule(rule=rule.pk, spec=SPEC, by=CHARLIE),
        lambda: rules.enable_rule(rule=rule.pk, by=CHARLIE),
        lambda: rules.disable_rule(rule=rule.pk, by=CHARLIE),
        lambda: rules.retire_rule(rule=rule.pk, by=CHARLIE),
    ):
        with pytest.raises(Missing):
            deed()
    with pytest.raises(Forbidden):
        rules.create_rule(code="r2", region=COUNTY, spec=SPEC, by=CHARLIE)
    with pytest.raises(Forbidden):
        rules.edit_rule(rule=rule.pk, spec=SPEC, by=actor("township", TOWN))


def test_the_shipped_rules_come_as_drafts_and_once() -> None:
    fresh = rules.load_defaults(region=COUNTY, by=SECTION)
    assert len(fresh) == len(rules.defaults())
    assert "river-stage@339901" in fresh
    assert not Rule.objects.filter(code__in=fresh, active__isnull=False).exists()
    assert rules.load_defaults(region=COUNTY, by=SECTION) == []


def test_maintenance_is_seen_by_the_ingest_process_while_it_lasts(world: World) -> None:
    now = clock.now()
    assert next_turn() is None
    work = maintenance.Work(
        of="gateway", thing=world.gateway.pk, starts=now - timedelta(hours=1),
        ends=now + timedelta(hours=1), reason="换电池",
    )  # fmt: skip
    before = epoch()
    made = maintenance.announce_maintenance(work=work, by=SECTION)
    assert epoch() > before
    assert streams_directory().maintained.tolist() == [True, False, False]
    assert not streams_directory(now + timedelta(hours=2)).maintained.any()
    assert next_turn() == now + timedelta(hours=1)
    assert turned(lambda: maintenance.end_maintenance(maintenance=made, by=SECTION))
    assert not streams_directory().maintained.any()
    with pytest.raises(Conflict):
        maintenance.end_maintenance(maintenance=made, by=SECTION)


def test_maintenance_needs_a_reason_an_end_and_the_right(world: World) -> None:
    now = clock.now()

    def announce(by: Actor = SECTION, reason: str = "检修", hours: float = 1) -> None:
        work = maintenance.Work(
            of="station", thing=world.river.pk, starts=now, ends=now + timedelta(hours=hours),
            reason=reason,
        )  # fmt: skip
        maintenance.announce_maintenance(work=work, by=by)

    with pytest.raises(Invalid):
        announce(reason=" ")
    with pytest.raises(Invalid):
        announce(hours=-1)
    with pytest.raises(Invalid):
        announce(hours=91 * 24)
    with pytest.raises(Missing):
        announce(by=CHARLIE)
    with pytest.raises(Forbidden):
        announce(by=actor("village", COUNTY))


def test_the_directory_tells_units_ranges_and_what_hangs_where(world: World) -> None:
    Stream.objects.filter(pk=world.level.pk).update(unit="cm", added=50.0, low=0.0)
    found = streams_directory()
    assert found.number.tolist() == [1, 2, 3]
    first = found.rows[0]
    assert (first.code, first.gateway, first.station_kind) == ("RIVER-1.level", world.gateway.pk,
                                                               "river")  # fmt: skip
    assert 1230 * found.factor[0] + found.offset[0] == pytest.approx(62.3)
    assert (found.added.tolist(), found.low[0]) == ([50.0, 0.0, 0.0], 0.0)
    assert np.isnan(found.high[0])
    assert found.interval_s.tolist() == [300.0, 60.0, 60.0]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("警戒水位 12.3；保证水位 13.5", {"warning": 12.3, "guarantee": 13.5}),
        ('{"warning": 12.3}', {"warning": 12.3}),
        ({"warning": "12.3", "guarantee": None}, {"warning": 12.3}),
        ("", None),
    ],
)
def test_levels_are_read_as_people_write_them(given: object, kept: dict[str, float] | None) -> None:
    field = LevelsFormField(required=False)
    assert field.clean(given) == kept
    if kept:
        assert field.clean(LevelsField().said(kept)) == kept


@pytest.mark.parametrize(
    "given", ["警戒水位", "某水位 12", "警戒水位 高", "{不是 JSON", ["warning"], "警戒水位 1 2"]
)
def test_levels_that_cannot_be_meant_are_refused(given: object) -> None:
    with pytest.raises(ValidationError):
        LevelsFormField(required=False).clean(given)


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"levels": {"warning": 13.5, "guarantee": 12.3}}, "levels"),
        ({"levels": {"LL": 1.0, "L": 2.0, "H": 1.5}}, "levels"),
        ({"levels": {"blue": 1.0, "yellow": 3.0, "orange": 2.0}}, "levels"),
        ({"levels": {"prepare-1h": 40.0, "move-1h": 30.0}}, "levels"),
        ({"low": 5.0, "high": 1.0}, "high"),
        ({"unit": "kg"}, "unit"),
    ],
)
def test_a_stream_that_contradicts_itself_is_refused(
    values: dict[str, object], column: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        Stream(quantity="water-level", **values).clean()
    assert list(refused.value.message_dict) == [column]


@pytest.mark.parametrize(
    "levels",
    [
        {"flood-limit-meiyu": 77.0, "flood-limit-typhoon": 76.0, "normal": 78.0},
        {"blue": 100.0, "yellow": 80.0, "orange": 70.0, "red": 50.0},
        {"blue": 1.0, "red": 4.0},
    ],
)
def test_levels_may_fall_where_less_is_worse(levels: dict[str, float]) -> None:
    Stream(quantity="dry-beach", levels=levels).clean()


def test_numbers_are_given_once_and_never_again(world: World) -> None:
    entry = REGISTERS["streams"]
    values = {"code": "NEW-1", "station": world.river.pk, "quantity": "rain"}
    assert turned(lambda: save_row(entry=entry, values=values, by=BY))
    first = Stream.objects.get(code="NEW-1")
    assert (first.number, first.region_id) == (4, world.river.region_id)
    retire_row(entry=entry, row_id=first.pk, by=BY)
    save_row(entry=entry, values={**values, "code": "NEW-2"}, by=BY)
    assert Stream.objects.get(code="NEW-2").number == 5
    assert "NEW-1" not in [row.code for row in streams_directory().rows]
