"""Declared ways in, in a real ingest process: each writes what its scope holds and no more."""

import pytest

from anlan.gateways.ingest.tests.conftest import Served, batch, wait_for
from anlan.gateways.ingest.tests.test_brokers import Mosquitto, declared, mosquitto
from anlan.gateways.sources.states import State, read_state
from anlan.gateways.sources.tests.far_side import Answer, far_side, text_of
from anlan.kernel import clock

__all__ = ["mosquitto"]

pytestmark = pytest.mark.slow

MAPPED = """
[mapping]
records = "list"
[mapping.station]
path = "id"
[mapping.time]
path = "t"
format = "epoch-ms"
[[mapping.values]]
path = "z"
stream = "{station}"
"""


def rows(*codes: str) -> dict[str, list[dict[str, object]]]:
    """Answer a value of now for each code."""
    now = clock.real_now().timestamp() * 1000
    return {"list": [{"id": code, "t": int(now) - at, "z": 1.5} for at, code in enumerate(codes)]}


KEPT = """
import json, sys
from dataclasses import asdict
from anlan.gateways.sources.selectors import states
print(json.dumps(asdict(states().get(sys.argv[1]))))
"""


def state_of(served: Served, key: str) -> State:
    """Read how far a source came, from a process of its own."""
    return read_state(served.workspace.do(KEPT, key).splitlines()[-1])


def pulled(served: Served, key: str, more: str, *codes: str, region: str = "339901") -> State:
    """Have one answer pulled by the running process; gives the source's state."""
    with far_side(lambda _: Answer(rows(*codes))) as side:
        text = text_of(f"{side.address}/", more, mapped=MAPPED)
        path = served.dir / "conf" / "sources" / f"{key}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        before = served.door("sources")["messages"]
        path.write_text(text.replace('"339901"', f'"{region}"'), encoding="utf-8")
        wait_for(lambda: served.door("sources")["messages"] > before)
        wait_for(lambda: state_of(served, key).last_try_ms is not None)
        path.unlink()
    return state_of(served, key)


def test_a_source_writes_what_its_scope_holds_and_is_told_of_every_other_row(
    served: Served,
) -> None:
    before = served.stored("two-3")
    more = '[scope]\ngateways = ["G-one"]\nstreams = ["*-3", "*-4"]'
    state = pulled(served, "scoped", more, "one-3", "one-4", "one-1", "two-3", "nowhere")
    assert (state.reason, state.total.accepted, state.total.rejected) == ("", 2, 3)
    assert sorted((one.field, one.reason) for one in state.samples) == [
        (code, f"监测项「{code}」没有登记，或不在声明的范围内")
        for code in ("nowhere", "one-1", "two-3")
    ]
    assert served.stored("one-3")[-1][1] == 1.5
    assert served.stored("two-3") == before


def test_a_source_of_another_region_writes_nothing_here(served: Served) -> None:
    state = pulled(served, "abroad", "", "one-3", region="339902")
    assert (state.total.accepted, state.total.rejected) == (0, 1)
    assert "一个值也没有收下" in state.reason


def test_a_unit_that_owns_no_station_here_lends_its_source_nothing(served: Served) -> None:
    state = pulled(served, "strange", '[scope]\nunits = ["NOBODY"]', "one-3")
    assert (state.total.accepted, state.total.rejected) == (0, 1)


@pytest.mark.mosquitto
def test_a_broker_writes_within_its_scope(served: Served, mosquitto: Mosquitto) -> None:
    text = (
        f'host = "127.0.0.1"\nport = {mosquitto.port}\nregion = "339901101"\n'
        '[scope]\nstreams = ["two-*"]\n'
    )
    with declared(served, "narrow", text):
        served.wait_for_door("broker:narrow", "state", "open")
        mosquitto.publish("anlan/obs", batch(("one-0", 2.5), ("two-0", 2.5)))
        served.wait_for_door("broker:narrow", "rejected", 1)
        served.wait_for_door("broker:narrow", "accepted", 1)
