"""Sums and extremes of a moving window that ends at the newest value, in any order of arrival.

At time T a window of length L holds the values of (T - L, T]. Sums come from one ring per stream,
shared by all its windows; each window knows how many of the newest are inside. Extremes come from
a ring per window that holds, oldest first, the values no later value undercuts (of falls: the
negated values), so its oldest is the least.
"""

from anlan.engines.compiled import compiled, lean
from anlan.engines.series.columns import Flags, Times, Values
from anlan.engines.threshold.kernels_rings import (
    coarsen,
    count_until,
    drop_oldest,
    insert,
    is_full,
    place,
    remove,
    room,
)
from anlan.engines.threshold.kernels_steps import is_resting, step
from anlan.engines.threshold.layout import (
    FALL,
    HUGE,
    I8,
    MICRO,
    NEVER,
    SUM,
    Marks,
    Record,
    Records,
    Rules,
)


@lean
def slide_sum(pool: I8, ring: Record, mark: Record, start: int) -> None:
    """Let go of what was measured up to `start`."""
    while mark["inside"] > 0:
        oldest = place(ring, ring["size"] - mark["inside"])
        if pool[oldest, 0] > start:
            break
        mark["total"] -= pool[oldest, 1]
        mark["inside"] -= 1


@lean
def forget(pool: I8, ring: Record, start: int) -> None:
    """Drop the entries measured up to `start`."""
    while ring["size"] > 0 and pool[place(ring, 0), 0] <= start:
        drop_oldest(ring)


@lean
def push_extreme(pool: I8, ring: Record, time: int, micro: int) -> None:
    """Add a value to a ring of extremes that is not full, in any order of arrival."""
    k = count_until(pool, ring, time)
    if k < ring["size"] and pool[place(ring, k), 1] <= micro:
        return
    while k > 0 and pool[place(ring, k - 1), 1] >= micro:
        k -= 1
        remove(pool, ring, k)
    insert(pool, ring, k, time, micro)


@lean
def push_sum(pool: I8, ring: Record, time: int, micro: int) -> tuple[int, bool]:
    """Add a value to a ring of sums that is not full.

    Gives its place, and whether it joined an entry that was there.
    The place is -1 when the very time is there already: the first value stays.
    """
    size, step = ring["size"], ring["step"]
    k = count_until(pool, ring, time)
    if k > 0:
        before = place(ring, k - 1)
        if pool[before, 0] == time:
            return -1, False
        if step > 1 and pool[before, 0] // step == time // step:
            pool[before, 1] += micro
            if k == size:
                pool[before, 0] = time
            return k - 1, True
    if step > 1 and k < size and pool[place(ring, k), 0] // step == time // step:
        pool[place(ring, k), 1] += micro
        return k, True
    insert(pool, ring, k, time, micro)
    return k, False


@lean
def recount(pool: I8, ring: Record, mark: Record, start: int) -> None:
    """Count a sum anew from its ring: what was measured after `start`."""
    mark["total"] = 0
    mark["inside"] = 0
    for k in range(ring["size"] - 1, -1, -1):
        at = place(ring, k)
        if pool[at, 0] <= start:
            break
        mark["total"] += pool[at, 1]
        mark["inside"] += 1


@lean
def recount_all(pool: I8, rules: Rules, marks: Marks, slot: int) -> None:
    """Count the sums of a stream anew."""
    said = rules.slots[slot]
    for window in range(said["window_from"], said["window_to"]):
        rule = rules.windows[window]
        if rule["kind"] == SUM:
            start = marks.slots[slot]["fed_time"] - rule["length"]
            recount(pool, marks.rings[slot], marks.windows[window], start)


@lean
def drain_sum(
    pool: I8, ring: Record, inside: int, total: int, length: int, begin: int, clock: int,
    rule: Record, mark: Record, events: Records, count: int,
) -> int:  # fmt: skip
    """Judge a sum at each moment before `clock` at which a value leaves it."""
    k = ring["size"] - inside
    while k < ring["size"]:
        moment = max(pool[place(ring, k), 0] + length, begin)
        if moment >= clock:
            break
        total -= pool[place(ring, k), 1]
        k += 1
        if k < ring["size"] and max(pool[place(ring, k), 0] + length, begin) == moment:
            continue
        count = step(rule, mark, moment, rule["sign"] * total, total / MICRO, False, events, count)
    return count


@lean
def drain_extreme(
    pool: I8, ring: Record, newest: int, length: int, begin: int, clock: int,
    rule: Record, mark: Record, events: Records, count: int,
) -> int:  # fmt: skip
    """Judge a rise or a fall at each moment before `clock` at which its extreme leaves."""
    k = 0
    while k < ring["size"]:
        moment = max(pool[place(ring, k), 0] + length, begin)
        if moment >= clock:
            break
        k += 1
        if k < ring["size"] and max(pool[place(ring, k), 0] + length, begin) == moment:
            continue
        y = float(newest - pool[place(ring, k), 1]) if k < ring["size"] else 0.0
        count = step(rule, mark, moment, y, rule["sign"] * y / MICRO, False, events, count)
    return count


@lean
def drain(
    pool: I8, rules: Rules, marks: Marks, slot: int, clock: int, events: Records, count: int
) -> int:
    """Let the windows of a stream that fell silent run dry up to (not including) `clock`.

    A watch does so once its patience has passed since the newest value; nothing is forgotten.
    """
    said, fed = rules.slots[slot], marks.slots[slot]
    for window in range(said["window_from"], said["window_to"]):
        held, inside = rules.windows[window], marks.windows[window]
        for k in range(held["rule_from"], held["rule_to"]):
            rule, mark = rules.watches[rules.rule_watch[k]], marks.watches[rules.rule_watch[k]]
            begin = fed["fed_time"] + rule["patience"]
            if begin >= clock or (mark["active"] == 0 and mark["pending"] == NEVER):
                continue
            if held["kind"] == SUM:
                count = drain_sum(
                    pool, marks.rings[slot], inside["inside"], inside["total"],
                    held["length"], begin, clock, rule, mark, events, count,
                )  # fmt: skip
            else:
                newest = -fed["fed_micro"] if held["kind"] == FALL else fed["fed_micro"]
                count = drain_extreme(
                    pool, marks.rings[len(rules.slots) + window], newest, held["length"],
                    begin, clock, rule, mark, events, count,
                )  # fmt: skip
    return count


@lean
def may_change(windows: Records, said: Record, newest: int, time: int) -> bool:
    """Tell whether a value of this time can change a window of a stream."""
    if time > newest:
        return True
    for window in range(said["window_from"], said["window_to"]):
        if time > newest - windows[window]["length"]:
            return bool(time != newest)
    return False


@lean
def feed_sums(
    pool: I8, windows: Records, inside: Records, said: Record, ring: Record,
    newest: int, time: int, micro: int,
) -> bool:  # fmt: skip
    """Take a value into the sums of a stream; false when its time is there already."""
    size = ring["size"]
    k, joined = push_sum(pool, ring, time, micro)
    if k < 0:
        return False
    for window in range(said["window_from"], said["window_to"]):
        rule, mark = windows[window], inside[window]
        if rule["kind"] != SUM:
            continue
        start = newest - rule["length"]
        if joined:
            if k >= size - mark["inside"]:
                mark["total"] += micro
        elif time > start:
            mark["total"] += micro
            mark["inside"] += 1
        slide_sum(pool, ring, mark, start)
    forget(pool, ring, newest - said["horizon"])
    return True


@compiled
def make_room(pool: I8, rules: Rules, marks: Marks, slot: int) -> I8:
    """Give every full ring of a stream room; the pool may come back as a larger copy."""
    said = rules.slots[slot]
    if said["horizon"] > 0:
        ring = marks.rings[slot]
        if ring["size"] >= rules.most:
            coarsen(pool, ring, True)
            recount_all(pool, rules, marks, slot)
        if is_full(ring):
            pool = room(pool, marks.free, ring)
    for window in range(said["window_from"], said["window_to"]):
        if rules.windows[window]["kind"] != SUM:
            ring = marks.rings[len(rules.slots) + window]
            if ring["size"] >= rules.most:
                coarsen(pool, ring, False)
            if is_full(ring):
                pool = room(pool, marks.free, ring)
    return pool


@lean
def lacks_room(windows: Records, rings: Records, said: Record, slot: int, first: int) -> bool:
    """Tell whether a ring of a stream is full."""
    if said["horizon"] > 0 and is_full(rings[slot]):
        return True
    for window in range(said["window_from"], said["window_to"]):
        if windows[window]["kind"] != SUM and is_full(rings[first + window]):
            return True
    return False


@lean
def recount_every(pool: I8, rules: Rules, marks: Marks) -> None:
    """Count all sums anew."""
    for slot in range(len(rules.slots)):
        recount_all(pool, rules, marks, slot)


@lean
def walk_windows(
    time: Times, value: Values, flags: Flags, start: int, rules: Rules, marks: Marks, pool: I8,
    slot: int, bad: int, late: int, events: Records, count: int,
) -> tuple[int, int]:  # fmt: skip
    """Take the rows of one stream, in order of time, into its windows and judge them.

    Begins at row `start`; gives the row it came to, fewer than all when a ring is full, and the
    count of events, four a watch and row at most. Values flagged `late` are not judged when they
    are the newest.
    """
    said, mark = rules.slots[slot], marks.slots[slot]
    ring, first = marks.rings[slot], len(rules.slots)
    rings, windows, inside = marks.rings, rules.windows, marks.windows
    watch_rules, watch_marks, rule_watch = rules.watches, marks.watches, rules.rule_watch
    for i in range(start, len(time)):
        t, x, newest = time[i], value[i], mark["fed_time"]
        if flags[i] & bad or not abs(x) < HUGE or not may_change(windows, said, newest, t):
            continue
        if lacks_room(windows, rings, said, slot, first):
            return i, count
        if newest != NEVER and t - newest > said["patience"]:
            count = drain(pool, rules, marks, slot, t, events, count)
        micro, now = round(x * MICRO), max(t, newest)
        if said["horizon"] > 0 and not feed_sums(pool, windows, inside, said, ring, now, t, micro):
            continue
        for window in range(said["window_from"], said["window_to"]):
            rule = windows[window]
            if rule["kind"] != SUM:
                extreme = rings[first + window]
                if t > now - rule["length"]:
                    push_extreme(pool, extreme, t, -micro if rule["kind"] == FALL else micro)
                forget(pool, extreme, now - rule["length"])
        if newest == NEVER or t < mark["fed_first"]:
            mark["fed_first"] = t
        if t > newest:
            mark["fed_time"] = t
            mark["fed_micro"] = micro
            mark["fresh"] = 0 if flags[i] & late else 1
        if mark["fresh"] == 0:
            continue
        for window in range(said["window_from"], said["window_to"]):
            rule = windows[window]
            summed = rule["kind"] == SUM
            if summed:
                figure = float(inside[window]["total"])
            else:
                last = -mark["fed_micro"] if rule["kind"] == FALL else mark["fed_micro"]
                figure = float(last - pool[place(rings[first + window], 0), 1])
            covered = now - mark["fed_first"] >= rule["length"]
            for k in range(rule["rule_from"], rule["rule_to"]):
                one, state = watch_rules[rule_watch[k]], watch_marks[rule_watch[k]]
                if state["stepped"] > now:
                    continue  # silence has been judged at a later moment
                y = one["sign"] * figure if summed else figure
                shown = one["sign"] * y / MICRO
                if is_resting(one, state, y):
                    state["figure"] = shown
                    state["stepped"] = now
                else:
                    # A low sum means nothing before the window has been watched in full.
                    may_enter = covered or one["sign"] > 0 or not summed
                    count = step(one, state, now, y, shown, may_enter, events, count)
    return len(time), count
