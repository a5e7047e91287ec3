"""The path of a storm in a document: from a file of some agency, or written out."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from anlan.engines.registry.declaration import Item
from anlan.engines.registry.given import Given
from anlan.engines.typhoon import Fix, Track, track_of
from anlan.engines.typhoon.bulletins import read_bulletins
from anlan.engines.typhoon.reading import Refused, read_atcf, read_best_tracks, read_ibtracs
from anlan.engines.typhoon.units import Unit
from anlan.kernel.errors import Invalid

_F = ("fix",)


def _bulletin_paths(
    text: str, *, unit: Unit = "", refused: Refused | None = None
) -> dict[str, Track]:
    told = read_bulletins(text, unit=unit, refused=refused)
    return {key: one.path for key, one in told.items()}


_READERS: Mapping[str, Callable[..., dict[str, Track]]] = {
    "cma": read_best_tracks,
    "ibtracs": read_ibtracs,
    "atcf": read_atcf,
    "bulletin": _bulletin_paths,
}


TRACK: Final = (
    Item("track", "路径文件", "Track file", "file", required=False),
    Item(
        "form",
        "路径文件的格式",
        "Form of the file",
        "text",
        required=False,
        choices=tuple(_READERS),
    ),
    Item("storm", "文件里的哪个台风", "Which storm of the file", "text", required=False),
    Item(
        "wind_unit",
        "文件里风速的单位；不写按格式规定的",
        "Unit of the file's winds, else that of its form",
        "text",
        required=False,
        choices=("m/s", "knots"),
    ),
    Item("track_times", "定位时刻", "Times of fixes", "times", axes=_F, required=False),
    Item("track_lon", "定位经度", "Longitude", unit="deg", axes=_F, required=False),
    Item("track_lat", "定位纬度", "Latitude", unit="deg", axes=_F, required=False),
    Item(
        "track_wind",
        "最大风速",
        "Greatest wind",
        unit="m/s",
        axes=_F,
        required=False,
        low=0.0,
    ),
    Item(
        "track_pressure",
        "中心气压",
        "Central pressure",
        unit="Pa",
        axes=_F,
        required=False,
        low=0.0,
    ),
    Item(
        "track_radii",
        "7、10、12 级风圈半径（东北、东南、西南、西北）",
        "Wind radii",
        unit="m",
        axes=("fix", "force", "quadrant"),
        required=False,
        low=0.0,
    ),
)


def track_in(given: Given) -> Track:
    """Read the storm a document tells of; of a file with several the one it names."""
    if "track" not in given.files:
        return _from_columns(given)
    form = given.text("form")
    if not form:
        raise Invalid(f"读路径文件要写明 form：{'、'.join(_READERS)}")
    try:
        text = given.files["track"].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("路径文件不是 UTF-8 文字") from error
    refused: Refused = {}
    tracks = _READERS[form](text, unit=given.text("wind_unit"), refused=refused)
    if given.text("storm") in refused:
        raise Invalid(f"台风 {given.text('storm')}：{refused[given.text('storm')]}")
    wanted = given.text("storm") or (next(iter(tracks)) if len(tracks) == 1 else "")
    if wanted not in tracks:
        names = "、".join(f"{key} {track.name}".strip() for key, track in tracks.items())
        raise Invalid(f"路径文件里有 {len(tracks)} 个台风，请用 storm 写明哪一个：{names}")
    return tracks[wanted]


def _from_columns(given: Given) -> Track:
    needed = {"track_lon", "track_lat"}
    if "track_times" not in given.times or not needed <= set(given.numbers):
        raise Invalid("要有路径文件 track，或 track_times、track_lon、track_lat")
    count = len(given.times["track_times"])
    unknown = np.full(count, np.nan)
    wind = given.numbers.get("track_wind", unknown)
    pressure = given.numbers.get("track_pressure", unknown * 1.0) / 100.0
    circles = given.numbers.get("track_radii", np.full((count, 3, 4), np.nan)) / 1000.0
    columns = zip(
        given.times["track_times"], given.numbers["track_lon"], given.numbers["track_lat"],
        wind, pressure, circles, strict=True,
    )  # fmt: skip
    fixes = [
        Fix(int(time), float(x), float(y), float(blow), float(press),
            tuple(tuple(float(one) for one in row) for row in radii))
        for time, x, y, blow, press, radii in columns
    ]  # fmt: skip
    return track_of(fixes)
