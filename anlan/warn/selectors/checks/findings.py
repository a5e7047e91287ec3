"""What the check before issue (发布前核验) can find, and what it does about it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from anlan.kernel.errors import Conflict, Invalid


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing found. `stop`: it cannot go out; `ask`: somebody must say that it may; `note`."""

    code: str
    severity: Literal["stop", "ask", "note"]
    text: str
    text_en: str
    #: The field it is about, "" for the alert as a whole.
    field: str = ""


def refuse_unseen(found: Sequence[Finding], accepted: Collection[str]) -> None:
    """Refuse what stops an alert (`Invalid`), and what nobody says to have seen (`Conflict`)."""
    stopping = [one for one in found if one.severity == "stop"]
    if stopping:
        raise Invalid("不能签发", errors={one.field: [one.text] for one in stopping})
    unseen = [one for one in found if one.severity == "ask" and one.code not in accepted]
    if unseen:
        told = "；".join(f"{one.text}（{one.code}）" for one in unseen)
        raise Conflict(f"请先核对：{told}")


def stop(code: str, text: str, text_en: str, field: str = "") -> Finding:
    """Find something that stops it."""
    return Finding(code=code, severity="stop", text=text, text_en=text_en, field=field)


def ask(code: str, text: str, text_en: str, field: str = "") -> Finding:
    """Find something that somebody must have seen."""
    return Finding(code=code, severity="ask", text=text, text_en=text_en, field=field)


def note(code: str, text: str, text_en: str, field: str = "") -> Finding:
    """Find something worth knowing."""
    return Finding(code=code, severity="note", text=text, text_en=text_en, field=field)
