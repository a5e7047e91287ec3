"""From runoff to flow: Nash's cascade for a basin, Muskingum and Cunge for the reach below it.

Sources: Nash 1957, IASH Publ. 45, 114 (unit hydrograph); Cunge 1969, J. Hydraul. Res. 7, 205
(parameters of Muskingum's storage from the channel itself).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.kernel.errors import Invalid

Floats = NDArray[np.float64]

#: Pieces a step is cut into where the cascade's response is added up.
_FINE: Final = 60


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """A channel as Muskingum sees it: travel seconds (K), (b,), and weight of the inflow (X)."""

    travel: Floats
    weight: Floats


def cascade(reservoirs: float, storage: float, step: float, steps: int) -> Floats:
    """Tell the response to one step of runoff, (steps,), as shares that sum to at most one.

    reservoirs: their number n, at least one. storage: seconds each holds water back (k), so the
    middle of the flood comes n k after that of the rain. step: seconds. What has not run off by
    the last step is missing from the sum.
    """
    if reservoirs < 1 or storage <= 0 or step <= 0:
        raise Invalid("单位线至少要一个水库，调蓄时间和时段都要大于零")
    # The response to a step is the mean, over the step, of Nash's n-fold exponential; its integral
    # is added up in fine pieces, for n need not be a whole number.
    fine = step / _FINE
    middle = (np.arange((steps + 1) * _FINE) + 0.5) * fine / storage
    density = middle ** (reservoirs - 1) * np.exp(-middle)
    # Added up to far beyond the last step, so that what is missing is truly missing.
    long = (np.arange(4096) + 0.5) / 4096 * max(60.0 + 4 * reservoirs, middle[-1])
    whole = (long ** (reservoirs - 1) * np.exp(-long)).sum() * (long[1] - long[0])
    through = np.concatenate(([0.0], np.cumsum(density) * (fine / storage) / whole))
    # Mean of the integral over each step, by the trapezoid; its differences are the shares.
    upper = (through[1:] + through[:-1]) / 2
    mean = upper[: (steps + 1) * _FINE].reshape(steps + 1, _FINE).mean(axis=1)
    return np.asarray(np.diff(mean, prepend=0.0)[:steps])


def convolved(run: ArrayLike, response: ArrayLike, area: ArrayLike, step: float) -> Floats:
    """Turn runoff (b, ..., t) mm a step into flow (b, ..., t) m3/s at the outlets.

    response: (b, t) as `cascade` gives, area: (b,) m2. Flow is the mean of its step.
    """
    water = np.asarray(run, dtype=np.float64)
    shares, size = np.asarray(response, dtype=np.float64), np.asarray(area, dtype=np.float64)
    steps = water.shape[-1]
    lag = np.arange(steps)[:, None] - np.arange(steps)[None, :]
    flat = np.nan_to_num(water.reshape(len(shares), -1, steps))
    flow = np.empty_like(flat)
    for basin, share in enumerate(shares):
        # (t, t): what the rain of each step still gives in each later one.
        later = np.where(lag >= 0, share[np.maximum(lag, 0)], 0.0)
        flow[basin] = flat[basin] @ later.T * (size[basin] / 1000.0 / step)
    # What came before the unknown is known, what comes after it is not.
    unknown = np.logical_or.accumulate(np.isnan(water), axis=-1)
    return np.where(unknown, np.nan, flow.reshape(water.shape))


def response_of(ordinates: ArrayLike, area: float, depth: float, step: float) -> Floats:
    """Turn a unit hydrograph, flow (t,) m3/s after `depth` mm of runoff in one step, into shares.

    area: m2. Tables are printed rounded, so the shares are made to sum to one; `Invalid` when the
    water under the table differs from that of the depth by more than a tenth, for then area, depth
    or step are not those of the table.
    """
    flow = np.asarray(ordinates, dtype=np.float64)
    if depth <= 0 or area <= 0 or step <= 0 or not (flow >= 0).all():
        raise Invalid("单位线的净雨、面积、时段要大于零，流量不能为负或不明")
    told, fell = float(flow.sum()) * step, depth / 1000.0 * area
    if abs(told - fell) > 0.1 * fell:
        raise Invalid(
            f"单位线的水量是 {told / 1e4:.1f} 万立方米，净雨是 {fell / 1e4:.1f} 万立方米，"
            "面积、净雨或时段不符"
        )
    return np.asarray(flow / flow.sum())


def reach_of(
    length: ArrayLike, slope: ArrayLike, width: ArrayLike, roughness: ArrayLike, flow: ArrayLike
) -> Reach:
    """Describe wide channels by their shape at a flow they often carry in floods.

    length, width: m; slope: no unit; roughness: Manning's n, s/m^(1/3); flow: m3/s; (b,) each.
    The wave runs at 5/3 of the water. X is held at nought or more: below, Muskingum would make
    water flow uphill for a while.
    """
    along, fall, wide, rough, often = (
        np.asarray(part, dtype=np.float64) for part in (length, slope, width, roughness, flow)
    )
    if min(part.min() for part in (along, fall, wide, rough, often)) <= 0:
        raise Invalid("河段的长度、坡降、宽度、糙率和代表流量都要大于零")
    depth = (often * rough / (wide * np.sqrt(fall))) ** 0.6
    wave = 5.0 / 3.0 * often / (wide * depth)
    weight = 0.5 * (1 - often / (wide * fall * wave * along))
    return Reach(along / wave, np.maximum(weight, 0.0))


def routed(inflow: ArrayLike, reach: Reach, step: float) -> Floats:
    """Carry flow (b, ..., t) m3/s down each reach; the first moment is taken for steady.

    Reaches whose travel is long for the step are cut into pieces by Muskingum's own rule
    (2 K X <= step <= 2 K (1 - X)), so that no flow turns negative.
    """
    flow = np.array(inflow, dtype=np.float64)
    pieces = np.maximum(1, np.ceil(2 * reach.travel * reach.weight / step)).astype(int)
    shape = (len(pieces),) + (1,) * (flow.ndim - 2)
    travel = np.maximum(reach.travel / pieces, step / 2 / (1 - reach.weight)).reshape(shape)
    weight = reach.weight.reshape(shape)
    divisor = 2 * travel * (1 - weight) + step
    now, before, kept = (
        (step - 2 * travel * weight) / divisor,
        (step + 2 * travel * weight) / divisor,
        (2 * travel * (1 - weight) - step) / divisor,
    )
    for piece in range(int(pieces.max(initial=0))):
        still = (pieces > piece).reshape(shape)
        entered, passed = flow.copy(), flow[..., 0]
        for moment in range(1, flow.shape[-1]):
            inward = now * entered[..., moment] + before * entered[..., moment - 1]
            passed = inward + kept * passed
            flow[..., moment] = np.where(still, passed, entered[..., moment])
    return flow
