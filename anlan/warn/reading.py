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
#: Of a part of a message that is not taken, so much is said in its note.
LONGEST_PART = 200
#: Milder than every level: none.
MILDEST = 9
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
    """Take what we need: of several languages the Chinese one, of several levels the gravest.

    One row is one warning with one level, one text and one area: a union of areas would call a
    township for red that the station holds for orange, and a row for each level would let the parts
    of one message end each other when it is updated. What was not taken is noted, must be seen
    before the rest is relayed, and keeps a standing order from acting.
    """
    info = chosen(message.infos)
    hazard = hazard_of(info)
    issued_as = kind_of(hazard)
    mine = [one for one in message.infos if says_as_much(one, info)]
    areas = tuple(dict.fromkeys(area for one in mine for area in one.areas))
    areas = areas or tuple(area for one in message.infos for area in one.areas)
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
    """Choose the gravest of the Chinese version; a message may come without any (a bare cancel)."""
    return min(_version(infos), key=lambda one: one.level or MILDEST, default=Info())


def left_out(infos: Sequence[Info]) -> list[Info]:
    """List what the same version says of other levels, hazards or words: it is not taken."""
    info = chosen(infos)
    return [one for one in _version(infos) if not says_as_much(one, info)]


def says_as_much(one: Info, other: Info) -> bool:
    """Tell whether two parts of a message say the same in one language, of whatever areas."""
    return (one.language, one.level, one.event_code, one.description) == (
        other.language, other.level, other.event_code, other.description,
    )  # fmt: skip


def _version(infos: Sequence[Info]) -> list[Info]:
    """Take the parts in one language: in Chinese where there are any."""
    chinese = (one.language for one in infos if one.language.lower().startswith("zh"))
    language = next(chinese, infos[0].language if infos else "")
    return [one for one in infos if one.language == language]


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
    notes += [("other-part", _part(one)) for one in left_out(message.infos)]
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


def _part(one: Info) -> str:
    """Say in a few words what a part is: its colour, where, its hazard."""
    colour = codes.table("warning-levels").name(str(one.level)) if one.level else ""
    place = "、".join(area.description for area in one.areas if area.description)
    words = (colour, one.headline or one.event, place)
    return " ".join(word for word in words if word)[:LONGEST_PART]


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
