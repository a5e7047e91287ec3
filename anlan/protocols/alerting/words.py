"""Words of fixed lists, and the colours of China beside the severities of CAP."""

from collections.abc import Sequence

from anlan import codes
from anlan.protocols.alerting.mending import Mend, Notes
from anlan.protocols.alerting.message import Unreadable

STATUS = ("Actual", "Exercise", "System", "Test", "Draft")
ACTION = ("Alert", "Update", "Cancel", "Ack", "Error")
SCOPE = ("Public", "Restricted", "Private")
URGENCY = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITY = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTY = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")
CATEGORY = (
    *("Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env"),
    *("Transport", "Infra", "CBRNE", "Other"),
)
RESPONSE = (
    *("Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess"),
    *("AllClear", "None"),
)
UNKNOWN = "Unknown"


def demanded(text: str, words: Sequence[str], path: str, notes: Notes) -> str:
    """Find a word that decides what the message is; `Unreadable` when it is none of the list."""
    found = _found(text, words, path, notes)
    if found is None:
        listed = "、".join(words)
        raise Unreadable(f"「{text[:40]}」不认识，应为 {listed} 之一", element=path)
    return found


def wanted(text: str, words: Sequence[str], path: str, notes: Notes) -> str:
    """Find a word that only describes; what is not in the list is `UNKNOWN`, and noted."""
    if not text:
        notes.mend(path, Mend.ABSENT)
        return UNKNOWN
    found = _found(text, words, path, notes)
    if found is None:
        notes.mend(path, Mend.WORD_FOREIGN)
        return UNKNOWN
    return found


def listed(text: str, words: Sequence[str], path: str, notes: Notes) -> str | None:
    """Find a word of which there may be several; None, and noted, when it is not in the list."""
    found = _found(text, words, path, notes)
    if found is None and text:
        notes.mend(path, Mend.WORD_FOREIGN)
    return found


def _found(text: str, words: Sequence[str], path: str, notes: Notes) -> str | None:
    if text in words:
        return text
    bare = text.casefold().replace(" ", "")
    for word in words:
        if word.casefold() == bare:
            notes.mend(path, Mend.WORD_FORM)
            return word
    return None


def level_of_severity(severity: str) -> int | None:
    """Tell the level (1 red .. 4 blue) that a CAP severity stands for; None when not known."""
    return next((int(row.code) for row in _levels() if row.text("cap_severity") == severity), None)


def severity_of_level(level: int | None) -> str:
    """Tell the CAP severity that stands for a level."""
    row = _levels().get(str(level)) if level else None
    return (row.text("cap_severity") if row else None) or UNKNOWN


def level_of_colour(colour: str) -> int | None:
    """Tell the level of a colour in English or Chinese: Red, 红, 红色; None when it is none."""
    bare = colour.strip().lower()
    if not bare:
        return None
    for row in _levels():
        name = row.text("color_name") or ""
        if bare in (row.text("color_name_en"), name, name.removesuffix("色")):
            return int(row.code)
    return None


def colour_of_level(level: int | None) -> str:
    """Write a level as the national message does: Red, Orange, Yellow, Blue, Unknown."""
    row = _levels().get(str(level)) if level else None
    name = row.text("color_name_en") if row else None
    return name.capitalize() if name else UNKNOWN


def _levels() -> codes.Table:
    return codes.table("warning-levels")
