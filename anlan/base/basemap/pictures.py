"""Raster maps from outside, as the operator's ``DIR/conf/settings.toml`` names them.

::

    [map]
    tianditu_key = "..."       # 天地图: the operator's own browser key

    [[map.raster]]
    key = "province"
    title = "省级影像"
    url = "https://map.example.gov.cn/{z}/{x}/{y}.jpg"
    attribution = "…"
    tile_size = 256
    maxzoom = 18

Nothing is fetched by the server; the browser asks these addresses only when somebody chooses one.
The file is read again when it changes; a wrong one is refused with the reason.
"""

import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from anlan.kernel import workspace
from anlan.kernel.errors import Invalid, Missing

TIANDITU = "https://t0.tianditu.gov.cn/DataServer?T={kind}_w&x={{x}}&y={{y}}&l={{z}}&tk={key}"
TIANDITU_KINDS = (
    ("vec", "天地图矢量", "Tianditu map"),
    ("cva", "天地图矢量注记", "Tianditu labels"),
    ("img", "天地图影像", "Tianditu imagery"),
    ("ter", "天地图地形", "Tianditu terrain"),
)
TIANDITU_CREDIT = "天地图 国家地理信息公共服务平台"


@dataclass(frozen=True)
class Picture:
    """One raster map: `url` holds {z}, {x} and {y}."""

    key: str
    title: str
    url: str
    title_en: str = ""
    attribution: str = ""
    tile_size: int = 256
    maxzoom: int = 18

    def described(self) -> dict[str, Any]:
        """Give what the browser needs."""
        return {**asdict(self), "title_en": self.title_en or self.title}

    @property
    def origin(self) -> str:
        """The address's scheme and host, which the page must be allowed to ask."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"


_read: dict[Path, tuple[int, list[Picture]]] = {}


def pictures() -> list[Picture]:
    """List the raster maps of this workspace; `Invalid` says what is wrong with the file."""
    try:
        path = workspace.current().dir / "conf" / "settings.toml"
        stamp = path.stat().st_mtime_ns
    except (FileNotFoundError, Missing):
        return []
    if path not in _read or _read[path][0] != stamp:
        _read[path] = (stamp, parse(path.read_text(encoding="utf-8")))
    return _read[path][1]


def parse(text: str) -> list[Picture]:
    """Read the raster maps out of a settings file's text."""
    try:
        table = tomllib.loads(text).get("map", {})
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"conf/settings.toml 无法读取：{error}") from error
    found = [_picture(raw, number) for number, raw in enumerate(table.get("raster", []), start=1)]
    if key := table.get("tianditu_key"):
        found += [
            Picture(
                key=f"tianditu-{kind}",
                title=title,
                title_en=title_en,
                url=TIANDITU.format(kind=kind, key=key),
                attribution=TIANDITU_CREDIT,
            )
            for kind, title, title_en in TIANDITU_KINDS
        ]
    if len({one.key for one in found}) != len(found):
        raise Invalid("conf/settings.toml [[map.raster]] 的 key 重复")
    return found


def _picture(raw: Any, number: int) -> Picture:
    where = f"conf/settings.toml 第 {number} 个 [[map.raster]]"
    try:
        picture = Picture(**raw)
    except TypeError as error:
        raise Invalid(f"{where}：应有 key、title、url，可有 {_optional()}") from error
    marks = all(mark in picture.url for mark in ("{z}", "{x}", "{y}"))
    if urlsplit(picture.url).scheme not in ("http", "https") or not marks:
        raise Invalid(f"{where}：url 应为含 {{z}} {{x}} {{y}} 的 http(s) 地址")
    return picture


def _optional() -> str:
    return "、".join(("title_en", "attribution", "tile_size", "maxzoom"))
