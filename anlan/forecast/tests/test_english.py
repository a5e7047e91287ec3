"""What forecast refuses, and what a run says of itself, is said in the asker's language."""

import tomllib
from pathlib import Path

import pytest

from anlan.base.door.phrases import said
from anlan.forecast.sheet_titles import SHEET, VILLAGES, YES
from anlan.forecast.states import RUN, SIGNING, STAGES, STAMP
from anlan.sense.tests.test_english import CHINESE, sentences

HERE = Path(__file__).resolve().parents[1]
#: Files whose Chinese goes with its English beside it, or is a name kept with the rows.
BESIDE = (
    "deed_names.py", "states.py", "registers.py", "apps.py", "jobs.py", "selectors/products.py",
    "adapters/registry.py",
)  # fmt: skip
#: Sources of engines, and titles of cases: kept with the rows as they are.
KEPT = ("Schureman", "SCS NEH-4", "Holland", "Audusse", "{}预报")
SAYING = sorted(
    path.relative_to(HERE).as_posix()
    for part in ("adapters", "declaration", "heavy", "selectors", "services")
    for path in (HERE / part).rglob("*.py")
    if path.relative_to(HERE).as_posix() not in BESIDE
)


ENGINES = HERE.parent / "engines"
#: Parts of sentences, which are said as wholes.
PIECES = {"{} 到 {}", "{} 等 {} 个时刻"}


def silent(texts: set[str]) -> set[str]:
    """Find texts that have no English."""
    return {
        text
        for text in texts
        if CHINESE.search(said(text.replace("{}", "7"), "en")) and not text.startswith(KEPT)
    }


@pytest.mark.parametrize("path", sorted((HERE / "shipped").glob("*.toml")), ids=lambda p: p.stem)
def test_every_fallback_of_a_shipped_model_is_said_in_english(path: Path) -> None:
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    texts = {one[key] for one in raw["inputs"] for key in ("said", "said_older") if key in one}
    texts |= {raw["title"]}
    assert silent(texts) == set()
    assert all(one["title_en"] for one in raw["inputs"])


@pytest.mark.parametrize("module", SAYING)
def test_every_refusal_has_its_english(module: str) -> None:
    assert silent(sentences(HERE / module)) == set()


@pytest.mark.parametrize("module", sorted((ENGINES / "typhoon").glob("*.py")), ids=lambda p: p.stem)
def test_what_an_engine_notes_of_a_track_is_said_in_english(module: Path) -> None:
    assert silent(sentences(module) - PIECES) == set()


def test_states_stages_and_stamps_have_two_languages() -> None:
    for lifecycle in (RUN, SIGNING):
        for state in lifecycle.states:
            assert CHINESE.search(state.label)
            assert not CHINESE.search(state.label_en)
    for zh, en in (*STAGES.values(), *STAMP.values(), *VILLAGES, SHEET, YES):
        assert CHINESE.search(zh)
        assert not CHINESE.search(en)
