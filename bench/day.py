"""A stormy stretch of Lekima at three hundred times its speed, through every door.

The demo county is served; the storm is replayed in an exercise of it by the command people use:
gauges, bulletins and warnings from processes of their own, simulated people who answer by their
links. Measured in real time while and after it runs:

- how fast it went besides waiting for models, and how far it fell behind;
- from when the values of a step begin to be sent until the alarm one of them raised is read by a
  client of the event stream: longer than from the value itself;
- from passing a warning on until every message that follows from it is queued;
- from starting a response until all that a village owes by it is on its head's list.
"""

import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time
from bisect import bisect_left
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from anlan.kernel import workspace
from anlan.project.testing.postgres import free_port
from bench._desk import Desk, Records, waited
from bench._ear import Ear

ROOT = Path(__file__).resolve().parents[1]
STORM = os.environ.get("ANLAN_BENCH_STORM", "lekima")
#: From when to when, both empty for the whole of it; by default the night of the landfall.
SPAN = os.environ.get("ANLAN_BENCH_SPAN", "2019-08-09T21:00,2019-08-10T07:00")
SPEED = int(os.environ.get("ANLAN_BENCH_SPEED", "300"))
#: A demo county that is loaded already and not being served: copied instead of making one.
COUNTY = os.environ.get("ANLAN_BENCH_COUNTY", "")
RELAYED, NAME = 3, "day"
#: A supervisor has ended everything within this time.
STOPPING_S = 60.0
MINE = "/obligations?scope=mine&size=1"
TOLD = (
    "SELECT count(*) FROM outbox_delivery d JOIN outbox_event e ON e.id = d.event_id "
    "WHERE d.state = 'due' AND e.kind = 'obligations.RungsReached'"
)


def run() -> dict[str, Any]:
    """Serve the county, play, relay, start."""
    home = workspace.directory().parent / "demo"
    try:
        _serve(home)
        return _measured(home)
    finally:
        _stop(home)


def _stop(home: Path) -> None:
    """End the supervisor, and with it the exercise; wait, for its directory is to be deleted."""
    from anlan.project.supervisor.claim import read_pid

    pid = read_pid(home)
    if pid is None:
        return
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
        until = time.monotonic() + STOPPING_S
        while time.monotonic() < until:
            os.kill(pid, 0)
            time.sleep(0.1)


def _say(text: str) -> None:
    """Tell how far it is: it takes minutes, and its figures come last."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def _serve(home: Path) -> None:
    _say(f"copying {COUNTY}" if COUNTY else "making and serving the demo county")
    if COUNTY:
        shutil.copytree(COUNTY, home)
    subprocess.run(
        [sys.executable, "-m", "anlan.project.supervisor", "--data", str(home), "--port", "0",
         "--background"],
        cwd=ROOT, env=_environment(), check=True, capture_output=True, text=True,
    )  # fmt: skip


def _environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ANLAN_", "DATABASE_"))}
    # Some port, not none: what the exercise's gauges publish to is chosen above it.
    return {**kept, "ANLAN_MQTT_PORT": str(free_port())}


def _measured(home: Path) -> dict[str, Any]:
    place = home / "exercises" / NAME
    _say("copying it and reckoning the weather")
    told, url, heard = _played(home)
    records, tempo = Records(place), told["tempo"]
    _say(f"played at {tempo['speed']}, {tempo['behind_s']} s behind at most; relaying warnings")
    late = _lateness(records, place, heard)
    queued, sizes = _relayed(Desk(url, "duty"), records)
    _say("starting a response")
    shown, owed = _started(url, records)
    return {
        "figures": {
            "speed": tempo["speed"],
            "lag_max_s": tempo["behind_s"],
            "alarm_p99_ms": late[min(len(late) - 1, int(len(late) * 0.99))],
            "issue_to_queued_ms": round(statistics.median(queued) * 1000),
            "start_to_phone_ms": round(shown * 1000),
        },
        "settings": {
            "storm": STORM, "span": SPAN, "wanted_speed": SPEED,
            "real_s": tempo["real_s"], "models_waited_s": tempo["waited_s"],
            "idle_s": tempo["idle_s"], "days": tempo["days"],
            "observations": told["sent"]["sent"], "letters": told["letters"],
            "answers": told["answers"], "relayed": told["relayed"],
            "obligations": records.count("SELECT count(*) FROM obligations_obligation"),
            "messages": records.count("SELECT count(*) FROM comms_message"),
            "alarms_timed": len(late), "alarm_p50_ms": statistics.median(late),
            "alarm_worst_ms": late[-1],
            "relays_ms": [round(one * 1000) for one in queued], "calls_of_relays": sizes,
            "owed_by_start": owed, "load": [round(one, 1) for one in os.getloadavg()],
        },
    }  # fmt: skip


def _played(home: Path) -> tuple[dict[str, Any], str, dict[str, float]]:
    """Replay; gives what the command says, the exercise's address, and when alarms were heard."""
    since, until = SPAN.split(",")
    span = [*(("--from", since) if since else ()), *(("--to", until) if until else ())]
    command = [
        sys.executable, "-m", "anlan.project", "--data", str(home), "replay", STORM,
        "--speed", str(SPEED), "--json", "--name", NAME, *span,
    ]  # fmt: skip
    with subprocess.Popen(
        command, cwd=ROOT, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    ) as process:  # fmt: skip
        try:
            return _followed(process)
        except BaseException:
            process.terminate()
            raise


def _followed(process: "subprocess.Popen[str]") -> tuple[dict[str, Any], str, dict[str, float]]:
    assert process.stdout is not None
    assert process.stderr is not None
    url, said = "", []
    while not url:
        said.append(process.stderr.readline())
        assert said[-1], f"the replay did not begin: {''.join(said)}"
        url = said[-1].strip().rsplit("：", 1)[-1] if "：http" in said[-1] else ""
    _say(f"playing {STORM}, {SPAN or 'all of it'}, wanted {SPEED}")
    rest: list[str] = []
    hearing = threading.Thread(target=lambda: rest.extend(process.stderr or ()), daemon=True)
    hearing.start()
    ear = Ear(urlsplit(url).port or 0, Desk(url, "duty").cookies, time.time)
    text = process.stdout.read()
    time.sleep(2.0)  # what was raised last is still on its way
    ear.close()
    if not text:
        hearing.join(10.0)
        raise RuntimeError(f"the replay broke off: {''.join(rest[-20:])}")
    return json.loads(text), url, ear.heard


def _lateness(records: Records, place: Path, heard: dict[str, float]) -> list[float]:
    """Tell for each alarm a value raised how long after its step began it was heard of, ms."""
    from anlan.demo.replay import tempo

    steps = tempo.read(place)
    ends = [one.at for one in steps]
    # By when it was written: what had to last for a while is of an earlier time than the values
    # and the clock by which it is judged, and the clock never goes ahead of that.
    rows = records.rows("SELECT id, heard_at FROM sense_alarm WHERE hazard != ''")
    late = []
    for alarm, written in rows:
        at = datetime.fromisoformat(f"{written}+00:00").timestamp() * 1000
        step = bisect_left(ends, at)
        if alarm in heard and step < len(steps) and at > steps[0].at:
            late.append(round((heard[alarm] - steps[step].began) * 1000, 1))
    return sorted(late)


def _relayed(desk: Desk, records: Records) -> tuple[list[float], list[int]]:
    """Pass on what waits; gives for each how long until all was queued, and how many calls."""
    took, sizes = [], []
    for one in desk.get("/alerts/received?state=waiting")["items"][:RELAYED]:
        path = f"/alerts/received/{one['id']}"
        seen = [found["code"] for found in desk.get(f"{path}/check")["findings"]]
        before = records.count("SELECT count(*) FROM obligations_obligation WHERE kind = 'call'")
        began = time.perf_counter()
        alert = desk.post(f"{path}/relay", {"accepted": seen})["alert"]
        took.append(waited(partial(_queued, records, str(alert))) - began)
        after = records.count("SELECT count(*) FROM obligations_obligation WHERE kind = 'call'")
        sizes.append(after - before)
    assert took, "no warning waits to be passed on"
    return took, sizes


def _queued(records: Records, alert: str) -> bool:
    """Tell whether every round of an alert is filled and every rung's messages are queued."""
    rounds = records.rows("SELECT done_at FROM warn_callround WHERE alert_id = ?", alert)
    return bool(rounds) and all(done for (done,) in rounds) and not records.count(TOLD)


def _largest(desk: Desk) -> tuple[str, str, str]:
    """Choose the stage of a response to a landfall that makes most owed: plan, key, stage."""
    found = []
    for plan in desk.get("/responses/proposals")["plans"]:
        for one in plan["responses"]:
            if one["expects"] != "landfall" or one["running"]:
                continue
            for stage in one["stages"]:
                chosen = (plan["plan"], one["key"], stage["key"])
                asked = "plan={}&key={}&stage={}".format(*chosen)
                debts = desk.get(f"/responses/prospect?{asked}")["debts"]
                found += [(debts, chosen)] if stage["level"] else []
    return max(found)[1]


def _started(url: str, records: Records) -> tuple[float, dict[str, int]]:
    """Start what makes most owed; until all that one village owes is on its head's list."""
    desk, phone = Desk(url, "zhihui"), Desk(url, "village")
    plan, key, stage = _largest(desk)
    before = phone.get(MINE)["total"]
    seen: list[tuple[float, int]] = []
    ends = threading.Event()

    def look() -> None:
        while not ends.is_set():
            total = phone.get(MINE)["total"]
            seen.append((time.perf_counter(), total - before))

    watch = threading.Thread(target=look, daemon=True)
    watch.start()
    began = time.perf_counter()
    expected = datetime.fromisoformat(SPAN.split(",")[1] or "2019-08-12T08:00")
    made = desk.post("/responses", {
        "plan": plan, "key": key, "stage": stage, "reason": "会商一致",
        "expected_at": f"{expected:%Y-%m-%dT%H:%M:%S}+08:00",
    })  # fmt: skip
    answered = time.perf_counter()
    waited(lambda: not records.count(TOLD))
    time.sleep(1.0)
    ends.set()
    watch.join(10)
    last = seen[-1][1]
    assert last > 0, "the village owes nothing by it"
    whole = next(at for at, count in seen if count == last)
    return max(answered, whole) - began, {"village": last, **made["counts"]}
