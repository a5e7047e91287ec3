"""What the page of the telling offers: kinds found by name, initials or a caller's word."""

from typing import Any

from anlan import codes
from anlan.base.regions.pinyin import initials
from anlan.respond.incidents.selectors.floors import asked_of
from anlan.respond.incidents.states import REPORTS, WAYS


def offered() -> dict[str, Any]:
    """List kinds with what finds them, sources, figures, and to whom one reports by which way."""
    figures = codes.table("incident-figures")
    return {
        "kinds": [
            {
                "value": one.code, "label": one.name, "label_en": one.name_en,
                "initials": initials(one.name), "words": list(one.several("words")),
                "figures": list(asked_of(one.code)),
            }
            for one in codes.table("incident-kinds")
        ],
        "sources": codes.as_choices("incident-sources"),
        "figures": [
            {
                "key": one.code, "label": one.name, "label_en": one.name_en,
                "unit": one.text("unit"), "unit_en": one.text("unit_en"),
                "asked": bool(one.flag("asked")),
            }
            for one in figures
        ],
        "recipients": codes.as_choices("report-recipients"),
        "ways": _pairs(WAYS),
        "reports": _pairs(REPORTS),
    }  # fmt: skip


def _pairs(table: dict[str, tuple[str, str]]) -> list[dict[str, str]]:
    return [
        {"value": key, "label": label, "label_en": english}
        for key, (label, english) in table.items()
    ]
