"""Writing the texts of one message: the wording of its kind, fitted to what a channel takes."""

import json
import threading
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from anlan.comms import reasons
from anlan.comms.declaration.declared import Approved, Words
from anlan.comms.wording import DEFAULT, NOTHING, WORDINGS, Wording, write
from anlan.kernel import workspace
from anlan.kernel.errors import Invalid
from anlan.protocols.declared.filling import texts

FILE = Path("conf") / "wording.toml"
PARTS = frozenset(("short", "full", "spoken", "long", "subject"))
#: Names that stand for a text the provider has approved.
OF_APPROVED = frozenset(("template", "params", "params_table", "values", "values_text"))


class _Shelf:
    """The operator's wordings, re-read when the file changes; a wrong file changes nothing."""

    def __init__(self) -> None:
        self._stamp: tuple[str, int, int] = ("", 0, 0)
        self._own: Mapping[str, Wording] = {}
        self._lock = threading.Lock()
        self.problem = ""

    def own(self) -> Mapping[str, Wording]:
        with self._lock:
            return self._looked_at()

    def _looked_at(self) -> Mapping[str, Wording]:
        path = workspace.directory() / FILE
        try:
            stat = path.stat()
        except FileNotFoundError:
            self._stamp, self._own, self.problem = ("", 0, 0), {}, ""
            return self._own
        stamp = (str(path), stat.st_mtime_ns, stat.st_size)
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._own, self.problem = read_wordings(path.read_text(encoding="utf-8")), ""
            except (Invalid, UnicodeDecodeError) as error:
                self.problem = error.detail if isinstance(error, Invalid) else "不是 UTF-8 文字"
        return self._own


_shelf = _Shelf()


def read_wordings(text: str) -> Mapping[str, Wording]:
    """Read wordings by kind; `Invalid` names the kind and what is wrong."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"{FILE.name}：{error}") from error
    found = {}
    for key, table in raw.items():
        try:
            found[key] = Wording(**table)
        except Invalid as error:
            raise Invalid(f"{FILE.name} [{key}]：{error.detail}") from error
        except TypeError as error:
            reason = "只能有 short、full、spoken、subject、long，其中 short 必须写"
            raise Invalid(f"{FILE.name} [{key}]：{reason}") from error
    return found


def problem() -> str:
    """Tell why the operator's file is not in force; "" when it is."""
    _shelf.own()
    return _shelf.problem


def wording_of(kind: str) -> Wording:
    """Find the wording of a kind: the operator's, the module's, or the default."""
    return _shelf.own().get(kind) or WORDINGS.get(kind) or DEFAULT


def uses_link(words: Words, names: frozenset[str], kind: str) -> bool:
    """Tell whether a message of this kind carries a link through a channel."""
    wording = wording_of(kind)
    parts = PARTS & names
    if "text" in names or not names & OF_APPROVED:
        parts |= {words.use}
    return "link" in names or any("{link}" in getattr(wording, part) for part in parts)


class Composer:
    """Writes the texts of many messages for one channel; wordings are looked up once a kind."""

    def __init__(self, words: Words, names: frozenset[str], approved: "Approver") -> None:
        self._words = words
        self._names = names
        self._approved = approved
        self._wordings: dict[str, Wording] = {}

    def compose(self, kind: str, told: Mapping[str, str]) -> dict[str, Any] | str:
        """Write every text the channel asks for, or tell the reason why there is none."""
        wording = self._wordings.get(kind)
        if wording is None:
            wording = self._wordings[kind] = wording_of(kind)
        # What a kind does not tell is empty, for the provider's templates as for our wordings.
        made: dict[str, Any] = {**NOTHING, **told}
        for part in PARTS:
            if part == self._words.use or part in self._names:
                made[part] = _written(wording, part, told)
        if self._names & OF_APPROVED:
            approved = self._approved(kind, made)
            if approved is None:
                return reasons.NO_TEMPLATE
            made |= approved
        if "text" not in made:
            text = self._fitted(made[self._words.use], wording, told)
            if text is None:
                return reasons.BAD_TEXT
            made["text"] = text
        made["charged"] = self._words.signature + made["text"]
        return made

    def _fitted(self, text: str, wording: Wording, told: Mapping[str, str]) -> str | None:
        """Put signature and ending around; too long a text gives way to a shorter one.

        First to the few words of its kind, which still say how to answer, then to the default's.
        """
        words = self._words
        room = words.longest - sum(map(len, (words.signature, words.prefix, words.suffix)))
        for shorter in (wording.short, DEFAULT.short):
            if not words.longest or len(text) <= room:
                break
            text = write(shorter, told)
        else:
            if len(text) > room:
                return None
        return f"{words.prefix}{text}{words.suffix}"


def _written(wording: Wording, part: str, told: Mapping[str, str]) -> str:
    """Write one part; a kind that has none, or nothing to say in full, takes its few words."""
    if part == "full" and not told.get("body"):
        part = "short"
    return write(getattr(wording, part) or wording.short, told)


class Approver:
    """Fills in what an approved text is called and given."""

    def __init__(self, approved: tuple[Approved, ...]) -> None:
        self._approved = approved

    def __call__(self, kind: str, told: Mapping[str, Any]) -> dict[str, Any] | None:
        """Tell the number of the approved text and its values, in every form asked for.

        It is the first of those for the kind, then of those for all, that can be filled in whole:
        providers refuse an empty value, and a notice without a deadline has none to give. None
        without one: a provider that takes approved texts alone would refuse any other.
        """
        fitting = [one for one in self._approved if kind in one.kinds]
        general = [one for one in self._approved if not one.kinds]
        for one in (*fitting, *general):
            table = {
                name: value[: one.longest] if one.longest else value
                for name, value in texts(one.params, told).items()
            }
            if all(table.values()):
                return _filled(one, table)
        return None


def _filled(chosen: Approved, table: Mapping[str, str]) -> dict[str, Any]:
    values = list(table.values())
    made: dict[str, Any] = {
        "template": chosen.id, "params_table": table, "values": values,
        "params": json.dumps(table, ensure_ascii=False),
        "values_text": json.dumps(values, ensure_ascii=False),
    }  # fmt: skip
    if chosen.text is not None:  # this is what people read, whatever our wording says
        made["text"] = chosen.text.fill(table)
    return made
