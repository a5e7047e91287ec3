"""What looks at more than one stream: differences of two, and groups of watches."""

import numpy as np

from anlan.engines.compiled import compiled, lean
from anlan.engines.series.columns import Flags, Times, Values
from anlan.engines.series.flags import DUPLICATE, FUTURE, LATE
from anlan.engines.threshold.kernels_steps import spare, step
from anlan.engines.threshold.layout import (
    EVENT,
    HUGE,
    I4,
    MICRO,
    NEVER,
    Marks,
    Records,
    Rules,
)


@lean
def differ(rules: Rules, marks: Marks, pair: int, events: Records, count: int) -> int:
    """Judge the difference of the newest values of a pair, if they are near enough in time."""
    said = rules.pairs[pair]
    one, other = marks.pair_time[pair, 0], marks.pair_time[pair, 1]
    if one == NEVER or other == NEVER or abs(one - other) > said["age"]:
        return count
    figure = marks.pair_value[pair, 0] - marks.pair_value[pair, 1]
    if not abs(figure) < HUGE:
        return count
    micro = float(round(figure * MICRO))
    rule, mark = rules.watches[said["watch"]], marks.watches[said["watch"]]
    moment = max(one, other)
    return step(rule, mark, moment, rule["sign"] * micro, micro / MICRO, True, events, count)


@lean
def walk_pairs(
    time: Times, value: Values, flags: Flags, rules: Rules, marks: Marks, unfit: int,
    first_row: I4, last_row: I4, events: Records, count: int,
) -> int:  # fmt: skip
    """Walk the rows of every pair of streams together in order of time."""
    for pair in range(len(rules.pairs)):
        one, other = rules.pairs[pair]["one"], rules.pairs[pair]["other"]
        i, i_end, j, j_end = first_row[one], last_row[one], first_row[other], last_row[other]
        changed = False
        while i < i_end or j < j_end:
            side = 0 if j >= j_end or (i < i_end and time[i] <= time[j]) else 1
            row = i if side == 0 else j
            i, j = i + (1 - side), j + side
            t, x = time[row], value[row]
            if flags[row] & unfit == 0 and x == x and t > marks.pair_time[pair, side]:
                marks.pair_time[pair, side] = t
                marks.pair_value[pair, side] = x
                changed = True
            if (i < i_end and time[i] == t) or (j < j_end and time[j] == t):
                continue  # both streams may speak at one time; judge them together
            if changed:
                count = differ(rules, marks, pair, events, count)
            changed = False
    return count


@compiled
def compare(
    time: Times, value: Values, flags: Flags, rules: Rules, marks: Marks, bad: int, live: bool,
    first_row: I4, last_row: I4, events: Records, count: int,
) -> tuple[Records, int]:  # fmt: skip
    """Judge every pair of streams; two events a row at most."""
    unfit = bad | FUTURE | DUPLICATE | (LATE if live else 0)
    rows = last_row - first_row
    need = (rows[rules.pairs["one"]] + rows[rules.pairs["other"]]).sum()
    events = spare(events, count, 2 * need)
    count = walk_pairs(time, value, flags, rules, marks, unfit, first_row, last_row, events, count)
    return events, count


@lean
def size_of(rules: Rules, told: Records) -> int:
    """Count how many groups are to be judged by some transitions."""
    need = 0
    for event in told:
        member = rules.watches[event["watch"]]
        need += member["parent_to"] - member["parent_from"]
    return need


@lean
def walk_groups(rules: Rules, marks: Marks, told: Records, depth: int, events: Records) -> int:
    """Judge the groups of one depth by transitions in order of time.

    What happens at one moment is counted in full before a group is judged.
    """
    count = 0
    start = 0
    while start < len(told):
        end = start
        while end < len(told) and told[end]["time"] == told[start]["time"]:
            member = rules.watches[told[end]["watch"]]
            for k in range(member["parent_from"], member["parent_to"]):
                if rules.watches[rules.parent[k]]["depth"] == depth:
                    change = 1 if told[end]["state"] == 1 else -1
                    marks.watches[rules.parent[k]]["members"] += change
            end += 1
        for event in told[start:end]:
            member = rules.watches[event["watch"]]
            for k in range(member["parent_from"], member["parent_to"]):
                rule, mark = rules.watches[rules.parent[k]], marks.watches[rules.parent[k]]
                if rule["depth"] == depth:
                    number = float(mark["members"])
                    moment = max(event["time"], mark["stepped"])
                    count = step(rule, mark, moment, number, number, True, events, count)
        start = end
    return count


@compiled
def combine(rules: Rules, marks: Marks, told: Records, depth: int) -> tuple[Records, int]:
    """Judge the groups of one depth; two events a member's transition at most."""
    events = np.empty(2 * size_of(rules, told), EVENT)
    return events, walk_groups(rules, marks, told, depth, events)
