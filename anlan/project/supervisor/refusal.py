"""The one way a start ends early: a sentence that says what is wrong and how to mend it."""

import sys


class Refusal(Exception):
    """A start that cannot go on, told in Chinese and in English.

    `detail` is what helps a technician (the last lines of a log), printed below the sentence.
    """

    def __init__(self, zh: str, en: str, *, detail: str = "") -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en
        self.detail = detail

    def __str__(self) -> str:
        told = f"安澜无法启动：{self.zh}\nAnlan cannot start: {self.en}"
        return f"{self.detail.rstrip()}\n{told}" if self.detail else told


def say(line: str) -> None:
    """Print a line of progress at once; a terminal that went away is no reason to stop."""
    try:
        print(line, flush=True)  # noqa: T201 - this is what the user of ./run reads
    except (OSError, ValueError):
        return


def complain(refusal: Refusal) -> None:
    """Print a refusal where errors belong."""
    print(refusal, file=sys.stderr, flush=True)  # noqa: T201
