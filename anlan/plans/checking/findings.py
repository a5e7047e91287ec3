"""One finding: how grave, where, and a sentence that says what to mend."""

from dataclasses import dataclass, field
from typing import Literal

from anlan.base.language import say

#: An error keeps a plan from being approved; a gap must be known; a hint is worth a look.
Gravity = Literal["error", "gap", "hint"]


@dataclass(frozen=True)
class Finding:
    """What is wrong at one place of a plan."""

    gravity: Gravity
    #: Kind of finding, stable: ``vacant-post``, ``circular-wait``.
    kind: str
    #: ``steps/recall-vessels``, ``groups/command``, ``stages/typhoon.4``.
    where: str
    words: str
    values: dict[str, str | int] = field(default_factory=dict)

    def sentence(self, language: str = "zh") -> str:
        """Say it."""
        return say(self.words, language).format(**self.values)
