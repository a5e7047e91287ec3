"""What the check before issue (发布前核验) can find, and what it does about it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing found. `stop`: it cannot go out; `ask`: somebody must say that it may; `note`."""

    code: str
    severity: Literal["stop", "ask", "note"]
    text: str
    text_en: str
    #: The field it is about, "" for the alert as a whole.
    field: str = ""


def stop(code: str, text: str, text_en: str, field: str = "") -> Finding:
    """Find something that stops it."""
    return Finding(code=code, severity="stop", text=text, text_en=text_en, field=field)


def ask(code: str, text: str, text_en: str, field: str = "") -> Finding:
    """Find something that somebody must have seen."""
    return Finding(code=code, severity="ask", text=text, text_en=text_en, field=field)


def note(code: str, text: str, text_en: str, field: str = "") -> Finding:
    """Find something worth knowing."""
    return Finding(code=code, severity="note", text=text, text_en=text_en, field=field)
