"""The demo day: a summer Tuesday with a storm in the afternoon, and much that is not as it seems.

In the afternoon a slow storm crosses the hills of the north-west; a cell that no gauge sees stands
over the head of one small basin; an enterprise leaks; a tailings dam grows wet.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Final

from .plan import Event, Fault, Plan, Upkeep
from .rain import Cell

LOCAL: Final = timezone(timedelta(hours=8))

CELLS: Final = (
    # A morning drizzle over the whole county, three hours long.
    Cell(1.0, 4.0, (20.0, 62.0), (7.0, -2.0), 1.6, 18.0, 0.8),
    # The storm: slow, large, over the upper valleys of 望岭 and 鹭塘.
    Cell(6.2, 9.0, (21.0, 63.0), (8.5, -1.45), 71.0, 2.4, 0.5),
    # Its smaller fellow in the south, too quick to do harm.
    Cell(7.2, 9.2, (26.0, 36.0), (15.0, 2.0), 40.0, 2.2),
    # The cell over the head of one small basin, four kilometres from the nearest gauge: less
    # than a millimetre falls there.
    Cell(7.6, 8.9, (16.2, 48.2), (0.0, 0.0), 235.0, 1.4, 0.2),
    # A shower on the plain that the drains of two roads cannot carry off.
    Cell(8.5, 9.4, (44.9, 40.3), (0.0, 0.0), 34.0, 0.95, 0.25),
)

EVENTS: Final = (
    Event("339901-WH003", ("G1", "G2"),
          ((7.0, 1.4), (7.05, 6.0), (7.15, 19.0), (7.3, 34.0), (7.6, 41.0), (8.0, 38.0),
           (8.3, 21.0), (8.6, 4.0), (8.8, 1.4)),
          apart=0.05, note="装卸臂法兰泄漏，两台探测器先后升高"),
    Event("339901-WK001", ("JR1", "JR2", "JR3", "JR4"),
          ((5.8, 6.4), (6.6, 4.05), (7.5, 3.95), (14.0, 3.9), (15.5, 4.6), (17.0, 6.2)),
          apart=0.5, note="排渗不畅，四个孔的浸润线先后抬高到蓝色值"),
    Event("339901-RQ004", ("G",), ((8.6, 1.2), (8.7, 31.0), (9.1, 30.0), (9.2, 1.2)),
          note="断线期间一处阀井短时升高，补传后不应再报"),
    Event("339901-WH001", ("H2",),
          ((9.5, 0.4), (9.516, 24.0), (9.6, 31.0), (9.75, 17.0), (9.9, 6.0), (10.1, 0.4)),
          note="硫化氢突然逸出，一分钟内越过高高限"),
    Event("339901-DZ002", ("QJ",),
          ((8.0, 0.4), (8.6, 0.8), (9.0, 1.6), (9.5, 2.5), (24.0, 2.6)),
          note="暴雨后坡体倾斜"),
)  # fmt: skip

FAULTS: Final = (
    Fault("stuck", (5.6, 16.0), streams=("339901-SW028-Z",),
          note="水位计卡死：洪水过程没有反映出来"),
    Fault("stuck", (3.4, 20.0), streams=("339901-CW003-T",), note="潮位计卡死"),
    Fault("away", (8.0, 10.0), gateway="339901-GW-RQ",
          note="网关断线两小时，全组无数据，恢复后补传"),
    Fault("lost", (0.8, 0.95), gateway="339901-GW-YL-104", note="断线九分钟，不应报警"),
    Fault("spikes", (1.0, 23.0), streams=("339901-SW031-Z",), size=3.2, every=5.4,
          note="水位单点跳变"),
    Fault("spikes", (2.2, 23.0), streams=("339901-CW004-T",), size=2.6, every=6.1,
          note="潮位单点跳变"),
    Fault("spikes", (1.6, 23.0), streams=("339901-DZ006-LF",), size=40.0, every=6.7,
          note="裂缝计单点跳变"),
    Fault("spikes", (3.1, 23.0), streams=("339901-WH006-T2L",), size=45.0, every=5.2,
          note="液位计单点跳变"),
    Fault("spikes", (2.0, 23.0), streams=("339901-WH004-G3",), size=55.0, every=4.7,
          note="可燃气体探测器单点跳变，越过高高限"),
    Fault("spikes", (1.2, 23.0), streams=("339901-WH002-H1",), size=20.0, every=5.9,
          note="硫化氢探测器单点跳变，越过高高限"),
    Fault("spikes", (2.6, 23.0), streams=("339901-WK002-JR2",), size=-3.5, every=4.4,
          note="渗压计单点跳变，越过橙色值"),
    Fault("drift", (3.0, 20.0), streams=("339901-SK005-SL1",), size=1.6,
          note="量水堰先走平后漂移，未到报警值"),
    Fault("ahead", (0.0, 25.0), gateway="339901-GW-QX-105", size=0.1, note="设备时钟快六分钟"),
    Fault("ahead", (6.5, 25.0), gateway="339901-GW-QX-102", size=3.0,
          note="对时出错，时钟快三小时，数据不收，按中断报警"),
    Fault("twice", (6.0, 6.6), gateway="339901-GW-YL-100", size=0.02, note="网关重发"),
    Fault("scale", (6.9, 7.7), streams=("339901-SW042-Z",), size=100.0,
          note="更换设备后按厘米上报"),
    Fault("calibration", (7.95, 8.4), streams=tuple(f"339901-WH005-G{k}" for k in range(1, 7)),
          size=60.0, note="探测器标定，通入标准气"),
)  # fmt: skip

PLAN: Final = Plan(
    name="demo-day",
    title="演示日：午后强对流与一处山洪",
    title_en="Demo day: an afternoon storm and one flash flood",
    seed=20260811,
    start=datetime(2026, 8, 11, 8, 0, tzinfo=LOCAL),
    hours=24,
    cells=CELLS,
    events=EVENTS,
    faults=FAULTS,
    upkeep=(Upkeep("339901-WH005", (7.8, 8.6), "可燃气体探测器季度标定"),),
    margins=(("339901-K10", 1.9), ("339901-K07", 2.4), ("339901-K12", 2.6), ("339901-K08", 2.4)),
)
