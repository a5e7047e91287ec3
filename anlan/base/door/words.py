"""Entries of the journal in the words and names people read."""

from collections.abc import Mapping, Sequence
from typing import Any

from anlan.base.door.places import names
from anlan.base.journal.deeds import label
from anlan.base.journal.selectors import Noted
from anlan.base.permissions import selectors as permissions
from anlan.base.vault.services import is_sealed

#: Stands for a personal value: who reads the journal does not thereby read persons.
PERSONAL = "（个人信息）"


def items(noted: Sequence[Noted]) -> list[dict[str, Any]]:
    """Describe entries; actors and regions are named in one query each."""
    people = permissions.names_of({one.by for one in noted})
    places = names({one.region for one in noted})
    return [_item(one, people, places) for one in noted]


def _item(one: Noted, people: Mapping[str, str], places: Mapping[str, str]) -> dict[str, Any]:
    called = label(one.deed)
    return {
        "id": one.id,
        "seq": one.seq,
        "at": one.at,
        "deed": one.deed,
        "deed_label": called.title,
        "deed_label_en": called.title_en,
        "by": one.by,
        "by_name": people.get(one.by, one.by),
        "subject": {"kind": one.subject[0], "id": one.subject[1]},
        "region": one.region,
        "region_name": places.get(one.region, one.region),
        "case": one.case,
        "topic": one.topic,
        "changes": {column: [_shown(v) for v in pair] for column, pair in one.changes.items()},
        "facts": {key: _shown(value) for key, value in one.facts.items()},
    }


def _shown(value: Any) -> Any:
    return PERSONAL if isinstance(value, str) and is_sealed(value) else value
