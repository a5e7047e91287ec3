"""Walk observations through a program, stream by stream, and judge the passing of time."""

from typing import Final

import numpy as np

from anlan.engines.compiled import compiled, lean
from anlan.engines.series.columns import Flags, Numbers, Times, Values
from anlan.engines.series.flags import DUPLICATE, FUTURE, LATE
from anlan.engines.threshold.kernels_steps import due_by, emit, is_resting, spare, step
from anlan.engines.threshold.kernels_windows import drain, make_room, walk_windows
from anlan.engines.threshold.layout import (
    EVENT,
    F8,
    I4,
    I8,
    NEVER,
    Marks,
    Record,
    Records,
    Rules,
)

#: Rows of a stream taken at a time: what is copied stays near the processor.
CHUNK: Final = 4096


@lean
def hear(
    slot: Record, rule: Record, mark: Record, time: int, value: float, events: Records, count: int
) -> int:
    """End the silence of a stream that says something newer than before."""
    due = slot["seen_time"] + rule["hold"]
    if mark["active"] == 0 and slot["seen_time"] != NEVER and due < time:
        count = emit(events, count, rule["watch"], 1, due, np.nan)
        mark["active"] = 1
        mark["stepped"] = due
    if mark["active"] == 1:
        moment = max(time, mark["stepped"])
        count = emit(events, count, rule["watch"], 0, moment, value)
        mark["active"] = 0
        mark["stepped"] = moment
    return count


@lean
def listen(
    time: Times, value: Values, flags: Flags, rules: Rules, marks: Marks, slot: int,
    events: Records, count: int,
) -> int:  # fmt: skip
    """Note the newest time of a stream, and end its silences; rows are in order of time."""
    said, mark = rules.slots[slot], marks.slots[slot]
    watch_rules, watch_marks, watches = rules.watches, marks.watches, rules.silence_watch
    for i in range(len(time)):
        if flags[i] & (FUTURE | DUPLICATE) or time[i] <= mark["seen_time"]:
            continue
        for k in range(said["silence_from"], said["silence_to"]):
            rule, state = watch_rules[watches[k]], watch_marks[watches[k]]
            if state["active"] == 1 or mark["seen_time"] + rule["hold"] < time[i]:
                count = hear(mark, rule, state, time[i], value[i], events, count)
        mark["seen_time"] = time[i]
    return count


@lean
def sift(
    time: Times, value: Values, flags: Flags, unfit: int, last: int, times: I8, values: F8
) -> tuple[int, float, float]:
    """Copy what is fit for levels: newer than `last` and than each other, without a flag of unfit.

    Gives how many, and the lowest and highest of them.
    """
    fit, low, high = 0, np.inf, -np.inf
    for i in range(len(time)):
        t, x = time[i], value[i]
        if flags[i] & unfit or x != x or t <= last:
            continue
        last = t
        times[fit] = t
        values[fit] = x
        low, high = min(low, x), max(high, x)
        fit += 1
    return fit, low, high


@lean
def level(
    rule: Record, mark: Record, times: I8, values: F8, low: float, high: float,
    events: Records, count: int,
) -> int:  # fmt: skip
    """Judge values in order of time, all between `low` and `high`, by one level."""
    sign, last = rule["sign"], len(values) - 1
    least, most = (low, high) if sign > 0 else (-high, -low)
    if not is_resting(rule, mark, least if mark["active"] == 1 else most):
        for i in range(len(values)):
            y = sign * values[i]
            if not is_resting(rule, mark, y):
                if i > 0:
                    mark["figure"] = values[i - 1]
                count = step(rule, mark, times[i], y, values[i], True, events, count)
    mark["figure"] = values[last]
    mark["stepped"] = times[last]
    return count


@lean
def walk(
    number: Numbers, time: Times, value: Values, flags: Flags, rules: Rules, marks: Marks,
    pool: I8, unfit: int, late: int, now: int, first_row: I4, last_row: I4, times: I8, values: F8,
    start: int, resume: int, events: Records, count: int,
) -> tuple[int, int, int, int]:  # fmt: skip
    """Walk rows from `start` on, sorted by number and time, as far as there is room.

    Gives the start of the rows it could not finish and the row at which their windows are to be
    resumed, the count of events, and how many more must fit before it can go on; when none, some
    ring of that stream is full. Rows walked again up to `resume` change nothing.
    """
    while start < len(number):
        end = start + 1
        while end < len(number) and end - start < CHUNK and number[end] == number[start]:
            end += 1
        slot = -1
        if 0 <= number[start] < len(rules.slot_of):
            slot = rules.slot_of[number[start]]
        if slot < 0:
            start = resume = end
            continue
        said, mark = rules.slots[slot], marks.slots[slot]
        watches = said["silence_to"] - said["silence_from"] + said["level_to"] - said["level_from"]
        need = (end - start) * (2 * watches + 4 * said["rules"])
        if len(events) - count < need:
            return start, resume, count, need
        if len(first_row) > 0:
            if last_row[slot] == 0:
                first_row[slot] = start
            last_row[slot] = end
        t, x, f = time[start:end], value[start:end], flags[start:end]
        seen = mark["seen_time"]
        count = listen(t, x, f, rules, marks, slot, events, count)
        if mark["seen_time"] > seen:
            mark["seen_at"] = mark["seen_time"] if now == NEVER else now
        fit, low, high = sift(t, x, f, unfit | late, mark["last_time"], times, values)
        if fit > 0:
            mark["last_time"] = times[fit - 1]
            for k in range(said["level_from"], said["level_to"]):
                watch = rules.level_watch[k]
                count = level(
                    rules.watches[watch], marks.watches[watch], times[:fit], values[:fit],
                    low, high, events, count,
                )  # fmt: skip
        if said["window_to"] > said["window_from"]:
            at, count = walk_windows(
                t, x, f, resume - start, rules, marks, pool, slot, unfit, late, events, count
            )
            if at < end - start:
                return start, start + at, count, 0
        start = resume = end
    return start, resume, count, 0


@compiled
def run(
    number: Numbers, time: Times, value: Values, flags: Flags, rules: Rules, marks: Marks,
    pool: I8, bad: int, live: bool, now: int, first_row: I4, last_row: I4,
) -> tuple[I8, Records, int]:  # fmt: skip
    """Walk rows sorted by number and time; gives the pool, the events and their count.

    `first_row` and `last_row` are (slots,), or empty where no pair of streams needs them.
    """
    events, count = np.empty(64, EVENT), 0
    size = min(CHUNK, len(time))
    times, values = np.empty(size, np.int64), np.empty(size, np.float64)
    unfit, late = bad | FUTURE | DUPLICATE, LATE if live else 0
    start, resume = 0, 0
    while start < len(number):
        start, resume, count, need = walk(
            number, time, value, flags, rules, marks, pool, unfit, late, now,
            first_row, last_row, times, values, start, resume, events, count,
        )  # fmt: skip
        if need > 0:
            events = spare(events, count, need)
        elif start < len(number):
            pool = make_room(pool, rules, marks, rules.slot_of[number[start]])
    return pool, events, count


@lean
def clock_of(slot: Record, now: int) -> int:
    """Tell how far a stream's own time has come: as long after its newest value as `now` is."""
    if slot["seen_time"] == NEVER:
        return now
    return int(slot["seen_time"] + max(0, now - slot["seen_at"]))


@lean
def pass_time(rules: Rules, marks: Marks, pool: I8, now: int, events: Records) -> int:
    """Judge every watch by the clock; three events a watch at most. Gives their count."""
    count = 0
    if marks.begun[0] == NEVER:
        marks.begun[0] = now
    watch_rules, watch_marks = rules.watches, marks.watches
    for slot in range(len(rules.slots)):
        said, heard = rules.slots[slot], marks.slots[slot]
        clock = clock_of(heard, now)
        never = heard["seen_time"] == NEVER
        since = marks.begun[0] if never else heard["seen_time"]
        for k in range(said["silence_from"], said["silence_to"]):
            watch = rules.silence_watch[k]
            mark = watch_marks[watch]
            due = since + watch_rules[watch]["hold"]
            if mark["active"] == 0 and due < clock:
                count = emit(events, count, watch, 1, due, np.nan)
                mark["active"] = 1
                mark["stepped"] = due
        if heard["fed_time"] != NEVER:
            count = drain(pool, rules, marks, slot, clock, events, count)
    for watch in range(len(watch_rules)):
        rule, mark = watch_rules[watch], watch_marks[watch]
        if mark["pending"] != NEVER:
            clock = now
            for k in range(rule["leaf_from"], rule["leaf_to"]):
                clock = min(clock, clock_of(marks.slots[rules.leaf_slot[k]], now))
            count = due_by(rule, mark, clock, events, count)
        elif rule["depth"] > 0:
            # After a change of rules a group may stand otherwise than its members say.
            number = float(mark["members"])
            moment = max(now, mark["stepped"])
            if (number >= rule["enter"]) != (mark["active"] == 1):
                count = step(rule, mark, moment, number, number, True, events, count)
    return count


@compiled
def tick(rules: Rules, marks: Marks, pool: I8, now: int) -> tuple[Records, int]:
    """Judge what the passing of time alone decides: holds, silence, windows that run dry."""
    # A watch is drained (two events) and may then come to the end of its hold.
    events = np.empty(3 * len(rules.watches), EVENT)
    return events, pass_time(rules, marks, pool, now, events)
