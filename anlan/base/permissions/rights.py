"""The table of rights: which role may do what, read from ``rights.toml`` beside this file.

A pattern is matched word by word at the dots; ``*`` is any one word, ``a|b`` either. The first
word may be ``domain:D``, which stands for every register of that domain: ``domain:*.*.view`` lets
every register be read, ``domain:resources.*.edit|create`` those of one domain be written.
What no pattern names is refused.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from anlan.kernel.errors import Conflict, Invalid

TABLE = Path(__file__).with_name("rights.toml")

#: What can be done to any register; a register's key goes in front.
REGISTER_VERBS = ("view", "create", "edit", "retire", "import", "export", "unmask")

ADMINISTRATORS = ("system-admin", "security-admin", "audit-admin")


@dataclass(frozen=True)
class Role:
    """One role: what people call it, what it may do, and what it sees of the levels above."""

    key: str
    title: str
    title_en: str
    may: tuple[str, ...]
    #: Actions that also reach the rows of the regions above one's own.
    shared: tuple[str, ...] = ()
    #: Whether its holder may pass it on for a time (代理).
    delegable: bool = False

    @property
    def is_administrator(self) -> bool:
        """Whether it is one of the three (三员), which exclude each other and everything else."""
        return self.key in ADMINISTRATORS


@dataclass(frozen=True)
class Table:
    """The whole table, read once."""

    roles: dict[str, Role]
    #: Actions besides those of the registers, with the sentence shown to people.
    actions: dict[str, str]
    patterns: dict[str, re.Pattern[str]]
    shared: dict[str, re.Pattern[str]]


_domains: dict[str, str] = {}


def declare_subject(subject: str, domain: str) -> None:
    """Tell which domain a register belongs to; called when it is registered."""
    if _domains.setdefault(subject, domain) != domain:
        raise Conflict(f"台账「{subject}」登记在两个领域：{_domains[subject]}、{domain}")
    allows.cache_clear()
    shares.cache_clear()


@cache
def table() -> Table:
    """Read the table; `Invalid` names what is wrong in it."""
    raw = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    roles = {key: _role(key, entry) for key, entry in raw["roles"].items()}
    return Table(
        roles=roles,
        actions=dict(raw["actions"]),
        patterns={key: _compile(role.may) for key, role in roles.items()},
        shared={key: _compile(role.shared) for key, role in roles.items()},
    )


def role(key: str) -> Role:
    """Find a role; `Invalid` when there is none."""
    found = table().roles.get(key)
    if found is None:
        raise Invalid(f"没有角色「{key}」", errors={"role": ["请从角色表中选择"]})
    return found


@lru_cache(maxsize=16384)
def allows(role_key: str, action: str) -> bool:
    """Tell whether a role may do an action somewhere. Unknown roles may nothing."""
    return _matches(table().patterns.get(role_key), action)


@lru_cache(maxsize=16384)
def shares(role_key: str, action: str) -> bool:
    """Tell whether a role also sees this of the regions above its own."""
    return _matches(table().shared.get(role_key), action)


def actions() -> dict[str, str]:
    """List every action there is with its sentence, those of the registers included."""
    known = dict(table().actions)
    for subject in sorted(_domains):
        known |= {f"{subject}.{verb}": "" for verb in REGISTER_VERBS}
    return known


def subjects() -> dict[str, str]:
    """List the registers that were declared, with their domains."""
    return dict(_domains)


def _matches(pattern: re.Pattern[str] | None, action: str) -> bool:
    if pattern is None:
        return False
    if pattern.fullmatch(action):
        return True
    domain = _domains.get(action.partition(".")[0])
    return domain is not None and pattern.fullmatch(f"domain:{domain}.{action}") is not None


def _role(key: str, entry: dict[str, Any]) -> Role:
    return Role(
        key=key,
        title=entry["title"],
        title_en=entry["title_en"],
        may=tuple(entry["may"]),
        shared=tuple(entry.get("shared", ())),
        delegable=bool(entry.get("delegable", False)),
    )


def _compile(patterns: tuple[str, ...]) -> re.Pattern[str]:
    if not patterns:
        return re.compile(r"(?!)")
    return re.compile("|".join(_expression(pattern) for pattern in patterns))


def _expression(pattern: str) -> str:
    return r"\.".join(f"(?:{_word(word)})" for word in pattern.split("."))


def _word(word: str) -> str:
    choices = (re.escape(choice).replace(r"\*", r"[^.]+") for choice in word.split("|"))
    return "|".join(choices)
