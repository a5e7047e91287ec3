"""What we take from a message, whatever its form; pure, and nothing is guessed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from anlan import codes
from anlan.base.journal.canonical import sm3
from anlan.protocols.alerting.message import AlertMessage, Area, Info
from anlan.protocols.alerting.signing import State
from anlan.warn.competence import kind, kind_of
from anlan.warn.models.received import LONGEST_IDENTIFIER
from anlan.warn.selectors.areas import Note
from anlan.warn.trust import Judged

#: Fewer words than these say nothing about being the same.
FEWEST_WORDS = 12
#: A pasted text of more characters than these is no warning.
LONGEST_TEXT = 5000
#: A sender's clock may be so far ahead of ours.
AHEAD = timedelta(minutes=10)
#: Where the department's three digits stand in a sender's 14-digit code.
DEPARTMENT = slice(6, 9)


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """A message as a row of ours needs it."""

    form: str
    identifier: str
    sender: str
    station: str
    sent_at: datetime
    action: str
    status: str
    kind: str
    hazard: str
    event_code: str
    event: str
    level: int | None
    headline: str
    text: str
    instruction: str
    effective_at: datetime | None
    expires_at: datetime | None
    place: str
    areas: tuple[Area, ...]
    references: tuple[str, ...]
    #: SM3 of the words, "" when there are too few to say that two are the same.
    words: str
    notes: tuple[Note, ...] = ()
    #: See `Received.signature`.
    signature: str = State.UNSIGNED
    signer: str = ""


def judged_as(parsed: Parsed, judged: Judged) -> Parsed:
    """Add what the signature is worth; an officer must know of one that does not hold."""
    notes = parsed.notes
    if judged.state == State.BROKEN:
        notes = (*notes, ("outdated-signature" if judged.outdated else "broken-signature", ""))
    return replace(parsed, signature=judged.state.value, signer=judged.signer, notes=notes)


def take(message: AlertMessage, now: datetime) -> Parsed:
    """Take what we need; of several languages the Chinese one, else the first."""
    info = chosen(message.infos)
    hazard = hazard_of(info)
    issued_as = kind_of(hazard)
    areas = tuple(info.areas) or tuple(area for one in message.infos for area in one.areas)
    return Parsed(
        form=message.form,
        identifier=message.identifier[:LONGEST_IDENTIFIER],
        sender=message.sender[:255],
        station=info.sender_name or message.source or message.sender,
        sent_at=message.sent,
        action=message.action,
        status=message.status,
        kind=issued_as,
        hazard=hazard,
        event_code=info.event_code[:20],
        event=info.event[:120],
        level=info.level,
        headline=info.headline,
        text=info.description,
        instruction=info.instruction,
        effective_at=info.effective or info.onset,
        expires_at=info.expires,
        place="；".join(dict.fromkeys(area.description for area in areas if area.description)),
        areas=areas,
        references=tuple(dict.fromkeys(one[1] for one in message.references if one[1])),
        words=words_of(info.description or info.headline),
        notes=tuple(_notes(message, info, issued_as, now)),
    )


def chosen(infos: Sequence[Info]) -> Info:
    """Choose the Chinese version; a message may come without any (a bare cancel)."""
    chinese = (one for one in infos if one.language.lower().startswith("zh"))
    return next(chinese, infos[0] if infos else Info())


def hazard_of(info: Info) -> str:
    """Tell the hazard by the event's code, else by a name of ours in the event's words."""
    found = codes.hazard_of_event(info.event_code) if info.event_code else None
    if found is not None:
        return found.key
    said = f"{info.event} {info.headline}".lower()
    named = [
        (len(name), one.key)
        for one in codes.hazards().values()
        for name in (one.name, one.name_en)
        if name.lower() in said
    ]
    return max(named)[1] if named else ""


def words_of(text: str) -> str:
    """Digest the words of a text without spaces and marks: copying changes those first."""
    words = "".join(char for char in text if char.isalnum())
    return sm3(words.encode()).hex() if len(words) >= FEWEST_WORDS else ""


def _notes(message: AlertMessage, info: Info, issued_as: str, now: datetime) -> list[Note]:
    notes: list[Note] = [("mended", path) for path, _ in message.mended]
    if message.sent > now + AHEAD:
        notes.append(("ahead", message.sent.isoformat()))
    if message.action in ("alert", "update"):
        if not issued_as:
            notes.append(("no-hazard", info.event_code or info.event))
        if info.level is None and issued_as and kind(issued_as).several("levels"):
            notes.append(("no-level", info.severity))
    if issued_as and not _competent(message.sender, issued_as):
        notes.append(("not-competent", message.sender))
    return notes


def _competent(sender: str, issued_as: str) -> bool:
    """Tell whether the department in a 14-digit sender code issues this kind.

    Of a department whose code the table does not have, nothing can be said; then nothing is.
    """
    if len(sender) != 14 or not sender.isdigit():
        return True
    row = kind(issued_as)
    entitled = [row.text("authority") or "", *row.several("jointly")]
    known = {code: one.code for one in codes.table("authorities") if (code := one.text("org_code"))}
    who = known.get(sender[DEPARTMENT])
    if who is not None:
        return who in entitled
    main = codes.table("authorities")[entitled[0]].text("org_code")
    return main is None
