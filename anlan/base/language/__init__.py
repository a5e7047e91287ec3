"""Two languages: the Chinese sentence is the key, English lies beside it (说话的语言).

``anlan/locale/en/*.toml`` hold flat pairs ``"中文" = "English"``, one file a module. Plain files
rather than compiled catalogues: nothing to build, and an operator can read what is missing.
"""

import tomllib
from functools import cache
from pathlib import Path

from anlan.kernel.errors import Invalid

HOME = Path(__file__).resolve().parents[2] / "locale" / "en"


@cache
def catalogue() -> dict[str, str]:
    """Read every pair; `Invalid` when two files disagree about one sentence."""
    pairs: dict[str, str] = {}
    for path in sorted(HOME.glob("*.toml")):
        for chinese, english_text in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if pairs.setdefault(chinese, english_text) != english_text:
                raise Invalid(f"{path.name}：「{chinese}」有两种英文")
    return pairs


def english(chinese: str) -> str:
    """Say it in English; the Chinese itself when nobody has translated it (a test finds these)."""
    return catalogue().get(chinese, chinese)


def say(chinese: str, language: str) -> str:
    """Say it in the asker's language ("zh" or "en")."""
    return english(chinese) if language == "en" else chinese
