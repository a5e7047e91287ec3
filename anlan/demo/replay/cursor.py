"""How far a replay has come, kept beside its recording so that a crash costs nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from anlan.kernel.errors import Invalid

from .tally import Tally

FOLDER = "replay"
NAME = "cursor.json"


@dataclass(frozen=True)
class Cursor:
    """Everything sent until ``at`` (ms since 1970 UTC) is confirmed and digested."""

    recording: str
    start: int
    end: int
    at: int
    tally: Tally = field(default_factory=Tally)

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self.at >= self.end

    def write(self, workspace: Path) -> None:
        """Keep it, in one step."""
        raw = {**self.__dict__, "tally": self.tally.plain()}
        folder = workspace / FOLDER
        folder.mkdir(exist_ok=True)
        draft = folder / f"{NAME}.new"
        draft.write_text(json.dumps(raw, ensure_ascii=False), encoding="utf-8")
        draft.replace(folder / NAME)

    @classmethod
    def read(cls, workspace: Path) -> Cursor | None:
        """Read what is kept; None in a workspace nothing was replayed in."""
        path = workspace / FOLDER / NAME
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
            return cls(**{**raw, "tally": Tally.read(raw["tally"])})
        except FileNotFoundError:
            return None
        except (KeyError, TypeError, ValueError) as error:
            raise Invalid(f"{path} 无法读取：{error}") from error
