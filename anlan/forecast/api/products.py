"""Products over HTTP: models, what stands now, stations, villages, series, grids, verification."""

from urllib.parse import quote

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Query, Router

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.door.sheets import XLSX
from anlan.base.permissions.gate import permit
from anlan.forecast.api.shapes import VerificationQuery
from anlan.forecast.models import Run
from anlan.forecast.selectors import (
    describing,
    products,
    slopes,
    tables,
    tiles,
    verification,
    villages,
)
from anlan.forecast.states import SIGNING
from anlan.kernel.errors import Invalid

#: Addresses that begin with a word, and those that begin with a run.
named = Router(tags=["预报"])
router = Router(tags=["预报产品"])

VIEW = "forecasts.view"
TYPES = {
    "netcdf": "application/x-netcdf", "geotiff": "image/tiff", "geojson": "application/geo+json",
    "png": "image/png",
}  # fmt: skip
ENDINGS = {"netcdf": "nc", "geotiff": "tif", "geojson": "geojson", "png": "png"}
PLACES = ("station", "basin", "region", "village")


@named.get("/forecasts/models", summary="预报模型")
def list_models(request: ApiRequest) -> HttpResponse:
    """List the declared models with their schedules and last runs, and refused files."""
    permit(request.actor, VIEW)
    return answer(describing.models(request.actor, request.language))


@named.get("/forecasts/now", summary="现在用哪次预报")
def standing(request: ApiRequest, region: str = "") -> HttpResponse:
    """Tell for every model the signed run that stands, and the newest one computed."""
    permit(request.actor, VIEW)
    return answer(products.standing(request.actor, request.language, region))


@named.get("/forecasts/verification", summary="预报检验")
def verify(request: ApiRequest, query: Query[VerificationQuery]) -> HttpResponse:
    """Tell how good forecasts were: bias, MAE, RMSE by lead time, levels hit and missed."""
    permit(request.actor, VIEW)
    return answer(verification.verification(request.actor, **query.dict()))


@router.get("/forecasts/{run}/stations", summary="测站预报")
def list_stations(request: ApiRequest, run: str) -> HttpResponse:
    """List what stations come to, against their levels."""
    return answer(products.stations(request.actor, run, request.language))


@router.get("/forecasts/{run}/villages", summary="村社预报")
def list_villages(request: ApiRequest, run: str, all: bool = False) -> HttpResponse:  # noqa: A002 - what the address says
    """List villages by nearness to leaving; with `all` those far from it too."""
    return answer(villages.villages(request.actor, run, request.language, all_=all))


@router.get("/forecasts/{run}/villages.xlsx", summary="村社预报（Excel）")
def get_village_sheet(request: ApiRequest, run: str) -> HttpResponse:
    """Give every village of a run as a workbook; what is unsigned says so in name and sheet."""
    row, body = villages.sheet(request.actor, run, request.language)
    response = HttpResponse(body, content_type=XLSX)
    file = quote(f"{_stamp(row)}{row.model}-{row.based_at:%Y%m%d%H%M}-villages.xlsx")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{file}"
    return response


@router.get("/forecasts/{run}/slopes", summary="滑坡隐患点对照临界线")
def list_slopes(request: ApiRequest, run: str) -> HttpResponse:
    """List slopes by their rain as a share of the law of slides; it rates nothing."""
    return answer(slopes.slopes(request.actor, run, request.language))


@router.get("/forecasts/{run}/basins", summary="小流域预报")
def list_basins(request: ApiRequest, run: str) -> HttpResponse:
    """List basins by their peak flow for each square kilometre."""
    return answer(tables.basins(request.actor, run, request.language))


@router.get("/forecasts/{run}/regions", summary="分地区的概率")
def list_regions(request: ApiRequest, run: str) -> HttpResponse:
    """List regions by their chances of strong wind."""
    return answer(tables.by_region(request.actor, run, request.language))


@router.get("/forecasts/{run}/series", summary="过程线")
def get_series(request: ApiRequest, run: str, code: str, of: str = "station") -> HttpResponse:
    """Read the series of one station, basin, region or village."""
    if of not in PLACES:
        raise Invalid("of 只能是 station、basin、region、village", errors={"of": ["没有这种地点"]})
    return answer(products.series(request.actor, run, of=of, code=code))


@router.get("/forecasts/{run}/grids", summary="网格产品")
def list_grids(request: ApiRequest, run: str) -> HttpResponse:
    """List the grid products of a run."""
    return answer(products.grids(request.actor, run, request.language))


@router.get("/forecasts/{run}/grids/{name}", summary="下载网格产品")
def get_grid(request: ApiRequest, run: str, name: str) -> HttpResponseBase:
    """Give the bytes of a grid product; what is unsigned says so in its name."""
    row, grid, path = products.grid_file(request.actor, run, name)
    file = quote(f"{_stamp(row)}{row.model}-{row.based_at:%Y%m%d%H%M}-{name}.{ENDINGS[grid.form]}")
    response = FileResponse(path.open("rb"), content_type=TYPES[grid.form])
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{file}"
    response["ETag"] = f'"{grid.sha256}"'
    return response


@router.get("/forecasts/{run}/grids/{name}/{zoom}/{x}/{y}.png", summary="网格产品的瓦片")
def get_tile(request: ApiRequest, run: str, name: str, zoom: int, x: int, y: int) -> HttpResponse:
    """Draw a tile (Web Mercator) of a product of one field; 204 where nothing is to be seen."""
    grid, body = tiles.tile(request.actor, run, name, (zoom, x, y))
    response = HttpResponse(body, content_type=TYPES["png"], status=200 if body else 204)
    response["ETag"] = f'"{grid.sha256[:16]}-{zoom}-{x}-{y}"'
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _stamp(row: Run) -> str:
    """Give what the name of a file begins with while nobody stands behind it."""
    return "" if row.signing == "approved" else f"{SIGNING['unsigned'].label}-"
