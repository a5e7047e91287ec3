"""One watch meets one figure: the state machine of every kind of condition.

Whoever calls has made room for the events: a step writes two at most. Functions that are called
per value neither take nor give back anything that must be counted as a reference.
"""

import numpy as np

from anlan.engines.compiled import compiled, lean
from anlan.engines.threshold.layout import EVENT, NEVER, Record, Records


@compiled
def spare(events: Records, count: int, need: int) -> Records:
    """Make room for `need` more events; the array may come back as a larger copy."""
    if len(events) - count >= need:
        return events
    larger = np.empty(2 * len(events) + need, EVENT)
    larger[:count] = events[:count]
    return larger


@lean
def emit(events: Records, count: int, watch: int, state: int, time: int, value: float) -> int:
    """Write down a transition as the `count`-th; gives the count with it."""
    event = events[count]
    event["watch"] = watch
    event["state"] = state
    event["time"] = time
    event["value"] = value
    return count + 1


@lean
def is_resting(rule: Record, mark: Record, y: float) -> bool:
    """Tell whether a figure leaves a watch as it is."""
    if mark["pending"] != NEVER:
        return False
    return bool(y < rule["enter"] if mark["active"] == 0 else y >= rule["leave"])


@lean
def step(
    rule: Record,
    mark: Record,
    time: int,
    y: float,
    value: float,
    may_enter: bool,
    events: Records,
    count: int,
) -> int:
    """Judge a figure that holds from `time` on; until then the one before held.

    A hold that ended before `time` ended by the figure before. `may_enter` is false where only
    the absence of values changed the figure: that may end a state, not begin one.
    """
    if mark["active"] == 0:
        if mark["pending"] != NEVER:
            due = mark["pending"] + rule["hold"]
            if due < time or (due == time and y >= rule["enter"]):
                shown = value if due == time else mark["figure"]
                count = emit(events, count, rule["watch"], 1, due, shown)
                mark["active"] = 1
                mark["pending"] = NEVER
            elif y < rule["enter"]:
                mark["pending"] = NEVER
        elif may_enter and y >= rule["enter"]:
            if rule["hold"] > 0:
                mark["pending"] = time
            else:
                count = emit(events, count, rule["watch"], 1, time, value)
                mark["active"] = 1
    if mark["active"] == 1 and y < rule["leave"]:
        count = emit(events, count, rule["watch"], 0, time, value)
        mark["active"] = 0
    mark["figure"] = value
    mark["stepped"] = time
    return count


@lean
def due_by(rule: Record, mark: Record, clock: int, events: Records, count: int) -> int:
    """Enter a watch whose hold has ended before `clock`."""
    due = mark["pending"] + rule["hold"]
    if due < clock:
        count = emit(events, count, rule["watch"], 1, due, mark["figure"])
        mark["active"] = 1
        mark["pending"] = NEVER
    return count
