"""Households and residents as columns: fast to make, fast to insert.

Every field is a column of equal length; ``None`` inside a column is "not known" or "has none".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray


class _Columns:
    """What both tables share: length and row-wise reading."""

    __slots__ = ()

    def __len__(self) -> int:
        return len(self.code)  # type: ignore[attr-defined]

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Rows as plain Python tuples in the order of the declared fields."""
        columns = (getattr(self, field.name) for field in fields(self))  # type: ignore[arg-type]
        lists = [c.tolist() if isinstance(c, np.ndarray) else c for c in columns]
        return zip(*lists, strict=True)


@dataclass(frozen=True, slots=True, eq=False)
class Households(_Columns):
    """One row per household of the villages kept in full.

    Tables: ``kind`` household-kinds, ``structure`` house-structures, ``stay`` intended-stays,
    ``reach`` reach-ways (ways that work for this household, best first). ``head`` is the name of
    the head, ``lon, lat`` the front door. ``helper`` (帮扶责任人) and ``transfer_lead``
    (转移责任人) are post codes. ``shelter`` is a shelter code where ``stay`` is shelter,
    ``relatives`` a sentence where it is relatives. ``danger_zones`` are the codes of the zones
    the house stands in.
    """

    code: list[str]
    kind: list[str]
    village: list[str]
    grid: list[str]
    head: list[str]
    address: list[str]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    size: NDArray[np.int32]
    structure: list[str]
    floors: NDArray[np.int32]
    phone: list[str | None]
    helper: list[str | None]
    transfer_lead: list[str | None]
    stay: list[str]
    shelter: list[str | None]
    relatives: list[str | None]
    danger_zones: list[tuple[str, ...]]
    reach: list[tuple[str, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Residents(_Columns):
    """One row per resident of the households kept in full.

    Tables: ``sex`` sexes, ``relation`` kinships, ``groups`` special-groups. ``household`` is the
    household's code; its head comes first. ``id_number`` has 18 characters with the invented
    region 339901, a month that does not exist and a wrong check digit. ``away`` is True for
    those who live elsewhere most of the year.
    """

    code: list[str]
    household: list[str]
    name: list[str]
    sex: list[str]
    birth_year: NDArray[np.int32]
    id_number: list[str]
    phone: list[str | None]
    relation: list[str]
    groups: list[tuple[str, ...]]
    away: list[bool]
