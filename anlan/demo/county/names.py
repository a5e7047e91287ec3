"""Invented names: every place, stream, person and number of the county.

Names are put together from family names and the shapes of the land; a list of real townships of
that coast is never used. Phone numbers are ``100`` and eight digits: Chinese mobile numbers start
with 13 to 19 and an eleven-digit number starting with 100 cannot be assigned (100xx are the
operators' five-digit service numbers). ID numbers start with 339901, which is no county, carry a
month from 13 to 99 and a check digit that fails ISO 7064 MOD 11-2.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from importlib import resources
from typing import Final

import numpy as np
from numpy.typing import NDArray

from . import frame

WORDS: Final = tomllib.loads(
    resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8")
)
SURNAMES: Final[str] = WORDS["surnames"]
#: How often each family name occurs, falling like real ones of the region.
_COMMON: Final = 1.0 / (np.arange(len(SURNAMES)) + 3.0)
_GIVEN: Final[tuple[str, ...]] = (WORDS["male"], WORDS["female"], WORDS["young"])


_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Namer:
    """Hands out names, each once; what it gives depends only on its random stream."""

    def __init__(self, seed: int) -> None:
        self._rng = frame.stream(seed, "names")
        self._taken: set[str] = set(WORDS["real"])

    def village(self, setting: str) -> str:
        """Stem of a village name for coast, island, hill, valley or plain."""
        return self._mint(lambda: self._stem(WORDS["endings"][setting]))

    def community(self) -> str:
        """Stem of an urban community's name."""
        free = [name for name in WORDS["urban"] if name not in self._taken]
        return self._mint(
            lambda: self._pick(free) if free else self._stem(WORDS["endings"]["plain"])
        )

    def stream(self, height_m: float) -> str:
        """Name of a stream by the height it runs at."""
        if height_m > 220:
            return self.place(("坑",))
        return self.place(("溪", "溪", "坑") if height_m > 25 else ("河", "浦", "港", "泾"))

    def island(self, *, large: bool) -> str:
        """Name of an island."""
        return self.place(("屿", "山", "岛") if large else ("屿", "礁", "屿"))

    def place(self, suffixes: Sequence[str]) -> str:
        """Mint a landscape name ending in one of the suffixes."""
        return self._mint(lambda: self._shape() + self._pick(suffixes))

    def brand(self, suffixes: Sequence[str]) -> str:
        """Mint a firm's name: two lucky characters and what it does."""
        return self._mint(
            lambda: (
                "云屿"
                + self._pick(WORDS["lucky"])
                + self._pick(WORDS["luck"])
                + self._pick(suffixes)
            )
        )

    def street(self) -> str:
        """Pick a street; streets may repeat from town to town."""
        return self._pick(WORDS["streets"])

    def _shape(self) -> str:
        if self._rng.random() < 0.5:
            return self._pick(WORDS["pairs"])
        return self._pick(WORDS["heads"]) + self._pick(WORDS["nouns"])

    def _stem(self, suffixes: Sequence[str]) -> str:
        suffix, draw = self._pick(suffixes), self._rng.random()
        if draw < 0.25:
            return self._pick(SURNAMES[:50]) + "家" + suffix[0]
        if draw < 0.45:
            return self._pick(SURNAMES[:50]) + suffix
        if draw < 0.8:
            return self._pick(WORDS["nouns"] + WORDS["heads"]) + suffix
        return self._shape() + suffix[0]

    def _pick(self, options: Sequence[str]) -> str:
        return options[int(self._rng.integers(len(options)))]

    def _mint(self, make: Callable[[], str]) -> str:
        while True:
            name = make()
            if name not in self._taken and len(set(name)) == len(name):
                self._taken.add(name)
                return name


def people(
    rng: np.random.Generator,
    male: NDArray[np.bool_],
    birth_year: NDArray[np.int64],
    surnames: NDArray[np.int64] | None = None,
) -> list[str]:
    """Names for many people at once; ``surnames`` are indices into SURNAMES where given."""
    count = male.size
    if surnames is None:
        surnames = family_names(rng, count)
    which = np.where(birth_year >= 2000, 2, np.where(male, 0, 1))
    size = np.array([len(pool) for pool in _GIVEN])[which]
    first = (rng.random(count) * size).astype(int)
    second = (rng.random(count) * size).astype(int)
    second = np.where(second == first, (second + 1) % size, second)
    single = rng.random(count) < np.where(birth_year >= 1960, 0.17, 0.08)
    table = np.array([list(pool.ljust(60)) for pool in _GIVEN])
    given = np.char.add(np.where(single, "", table[which, first]), table[which, second])
    return [str(n) for n in np.char.add(np.array(list(SURNAMES))[surnames], given).tolist()]


def one_person(rng: np.random.Generator) -> str:
    """Name one adult."""
    male = np.array([rng.random() < 0.55])
    return people(rng, male, rng.integers(1962, 1998, 1))[0]


def family_names(rng: np.random.Generator, count: int) -> NDArray[np.int64]:
    """Draw indices into SURNAMES by how common each is."""
    return np.asarray(rng.choice(len(SURNAMES), count, p=_COMMON / _COMMON.sum()), dtype=np.int64)


def phone(index: int, *, office: bool = False) -> str:
    """Give the number with an index: ``100`` and eight digits, office lines 1009 and seven."""
    if office:
        return f"1009{(index * 7919 + 31337) % 10_000_000:07d}"
    return f"100{(index * 48_271_937 + 12_345_678) % 90_000_000:08d}"


def id_numbers(
    birth_year: NDArray[np.int64], running: NDArray[np.int64], male: NDArray[np.bool_]
) -> list[str]:
    """ID numbers that cannot exist (see the module's text).

    ``running`` counts the persons of one birth year from 0; at most four million of them differ.
    """
    block, place = np.divmod(running, 500)
    month, day = 13 + block // 99 % 87, 1 + block % 99
    parts = ((birth_year, 4), (month, 2), (day, 2), (place * 2 + male, 3))
    digits = [np.full(running.size, int(c)) for c in frame.CODE]
    for value, width in parts:
        digits += [value // 10**k % 10 for k in reversed(range(width))]
    total = sum(d * w for d, w in zip(digits, _ID_WEIGHTS, strict=True))
    wrong = np.array(list("10X98765432"))[(np.asarray(total) + 1) % 11]
    codes = np.stack(digits, axis=1).astype("<U1")
    whole = np.concatenate([codes, wrong[:, None]], axis=1)
    return [str(n) for n in np.ascontiguousarray(whole).view("<U18").ravel().tolist()]
