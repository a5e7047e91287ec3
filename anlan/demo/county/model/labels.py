"""Titles of the few keys that no table of ``anlan.codes`` holds: {table: {key: (zh, en)}}."""

from __future__ import annotations

from typing import Final

LABELS: Final[dict[str, dict[str, tuple[str, str]]]] = {
    "region-kind": {
        "county": ("县", "county"),
        "subdistrict": ("街道", "subdistrict"),
        "town": ("镇", "town"),
        "rural-township": ("乡", "rural township"),
        "community": ("社区（居委会）", "community"),
        "village": ("行政村（村委会）", "village"),
        "grid": ("网格", "grid cell"),
    },
    "road-class": {
        "national": ("国道", "national road"),
        "provincial": ("省道", "provincial road"),
        "county": ("县道", "county road"),
        "township": ("乡道", "township road"),
        "village": ("村道", "village road"),
    },
    "harbour-grade": {
        "central": ("中心渔港", "central harbour"),
        "first": ("一级渔港", "first-grade harbour"),
        "second": ("二级渔港", "second-grade harbour"),
        "third": ("三级渔港", "third-grade harbour"),
    },
    "place-kind": {
        "county-seat": ("县城", "county seat"),
        "township-seat": ("乡镇驻地", "township seat"),
        "village": ("村（社区）", "village"),
        "island": ("岛屿", "island"),
        "peak": ("山峰", "peak"),
        "bay": ("海湾", "bay"),
        "sea": ("海域", "sea"),
        "reservoir": ("水库", "reservoir"),
        "harbour": ("渔港", "harbour"),
    },
}
