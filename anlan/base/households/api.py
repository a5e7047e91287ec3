"""What an area exposes, over HTTP."""

from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.door.phrases import said
from anlan.base.households.selectors import Place, exposed_within
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.engines.geo import datum as datums
from anlan.engines.geo import shapes
from anlan.kernel.errors import Invalid

router = Router(tags=["受影响范围"])

#: Metres.
WIDEST = 200_000.0


class Circle(Schema):
    """A circle on the ground."""

    lon: float
    lat: float
    radius_m: float


class Area(Schema):
    """One of three: a drawn area (GeoJSON), a region's code, a circle."""

    area: dict[str, Any] | None = None
    region: str = ""
    circle: Circle | None = None
    datum: str = datums.WGS84


@router.post("/exposure", summary="范围内有哪些人和对象")
def exposure(request: ApiRequest, asked: Area) -> HttpResponse:
    """Tell what lies within an area: regions, households, people, special groups, places."""
    given = [part for part in (asked.area, asked.region, asked.circle) if part]
    if len(given) != 1:
        why = "请只给一种范围：画的区域、地区代码或圆"
        raise Invalid(why, errors={"area": [why]})
    told = exposed_within(_place(asked), request.actor)
    told["unknown"] = [said(line, request.language) for line in told["unknown"]]
    return answer(told)


def _place(asked: Area) -> Place:
    if asked.datum not in datums.TO_WGS84:
        raise Invalid(f"不认识的坐标系「{asked.datum}」", errors={"datum": ["不认识"]})
    if asked.region:
        code = regions.region(asked.region).code
        # By code, not by outline: a register row names its region, whoever drew the border.
        return Place(None, scope.normalise(code))
    if asked.circle is not None:
        return Place(_circle(asked.circle, asked.datum))
    return Place(_drawn(asked.area or {}, asked.datum))


def _circle(circle: Circle, datum: str) -> Any:
    if not 0 < circle.radius_m <= WIDEST:
        why = f"半径应在 0 到 {WIDEST:.0f} 米之间"
        raise Invalid(why, errors={"circle": [why]})
    if not (-180 <= circle.lon <= 180 and -89 <= circle.lat <= 89):
        raise Invalid("坐标超出经纬度范围", errors={"circle": ["坐标超出经纬度范围"]})
    lon, lat = datums.to_wgs84(circle.lon, circle.lat, datum)
    return shapes.circle(float(lon), float(lat), circle.radius_m)


def _drawn(area: dict[str, Any], datum: str) -> Any:
    try:
        shape = shapes.from_geojson(area, datum=datum)
    except shapes.BadShape as error:
        raise Invalid(f"范围不可用：{error}", errors={"area": [str(error)]}) from error
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        raise Invalid("范围应为面", errors={"area": ["应为面（Polygon、MultiPolygon）"]})
    return shape
