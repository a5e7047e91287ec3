"""Registers of tide points and small basins."""

from anlan.base.register.registry import register
from anlan.forecast.models import Basin, TidePoint

register(
    TidePoint,
    key="tide-points",
    title="潮位预报站",
    title_en="Tide points",
    icon="station",
    domain="monitoring",
    order=40,
    listed=("station", "region", "reference", "ratio", "later", "mean", "source"),
    searched=("source",),
    natural=("station",),
    label="station",
    within="station",
    source="GB/T 17839 警戒潮位核定规范；GB/T 19721.1-2017",
    demo={
        "station": "DEMO-ST1", "reference": "kanmen", "ratio": 1.05, "later": 10.0, "mean": 0.2,
        "constants": [["M2", 1.9, 22.0], ["S2", 0.7, 55.0]], "source": "演示",
    },
)  # fmt: skip

register(
    Basin,
    key="basins",
    title="小流域",
    title_en="Small basins",
    icon="reservoir",
    domain="places",
    order=60,
    listed=("code", "name", "region", "area", "curve_number", "lag", "downstream", "source"),
    searched=("code", "name"),
    geometry="point",
    area="outline",
    source="SL 666-2014 山洪灾害监测预警系统建设导则；全国山洪灾害调查评价",
    demo={
        "code": "DEMO-XLY1", "name": "演示溪小流域", "area": 21.4, "curve_number": 78.0,
        "reservoirs": 3.0, "lag": 1.8, "length": 3200.0, "slope": 0.012, "width": 18.0,
        "roughness": 0.04, "source": "演示", "lon": 121.6, "lat": 28.4,
        "outline": {
            "type": "Polygon",
            "coordinates": [
                [[121.58, 28.38], [121.62, 28.38], [121.62, 28.42], [121.58, 28.42],
                 [121.58, 28.38]]
            ],
        },
    },
)  # fmt: skip
