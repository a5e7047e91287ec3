"""Codes as JSON: lists for drop-downs, descriptions for reference pages and ``/api/v1/meta``."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from anlan.codes import grading, hazard_kinds, lookup
from anlan.codes.rows import Code, Table


def thawed(value: Any) -> Any:
    """Turn frozen values back into what JSON knows."""
    if isinstance(value, Mapping):
        return {key: thawed(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return [thawed(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def as_choices(key: str, on: date | None = None, region: str | None = None) -> list[dict[str, Any]]:
    """List a table's rows for a drop-down.

    Each has value, label, label_en and confidence; color and parent where the row has them.
    """
    return [_choice(row) for row in lookup.table(key, on, region)]


def _choice(row: Code) -> dict[str, Any]:
    choice: dict[str, Any] = {
        "value": row.code,
        "label": row.name,
        "label_en": row.name_en,
        "confidence": row.confidence,
    }
    if row.extra.get("color"):
        choice["color"] = row.text("color")
    if row.parent:
        choice["parent"] = row.parent
    return choice


def describe(on: date | None = None, region: str | None = None) -> list[dict[str, Any]]:
    """Describe every table, grade rule and hazard for the reference pages; JSON-ready."""
    return [
        *(_table(table) for table in lookup.tables(on, region) if table.key != lookup.HAZARDS),
        *(_rule(rule) for rule in grading.rules(on, region)),
        *(_hazard(hazard) for hazard in hazard_kinds.hazards().values()),
    ]


def _head(kind: str, one: Table | grading.Rule) -> dict[str, Any]:
    return {
        "kind": kind,
        "key": one.key,
        "title": one.title,
        "title_en": one.title_en,
        "source": one.source,
        "confidence": one.confidence,
        "region": one.region,
        "effective_from": thawed(one.effective_from),
        "effective_to": thawed(one.effective_to),
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        **_head("table", table),
        "attributes": dict(table.attributes),
        "files": list(table.files),
        "rows": [{**_choice(row), "source": row.source, **thawed(row.extra)} for row in table],
    }


def _rule(rule: grading.Rule) -> dict[str, Any]:
    steps = [
        {
            "grade": step.grade,
            "any": [" and ".join(str(one) for one in clause) for clause in step.clauses],
            "source": step.source,
            "confidence": step.confidence,
        }
        for step in rule.steps
    ]
    return {
        **_head("grade-rule", rule),
        "table": rule.table,
        "figures": list(rule.figures),
        "steps": steps,
    }


def _hazard(hazard: hazard_kinds.Hazard) -> dict[str, Any]:
    return {
        "kind": "hazard",
        "key": hazard.key,
        "title": hazard.name,
        "title_en": hazard.name_en,
        "source": hazard.source,
        "confidence": hazard.confidence,
        "event_code": hazard.event_code,
        "category": hazard.category,
        "cap": list(hazard.cap),
        "lead": hazard.lead,
        "levels": [
            {"level": one.level, "label": one.name, "label_en": one.name_en, "color": one.color}
            for one in hazard.levels
        ],
        "indicators": list(hazard.indicators),
        "engines": list(hazard.engines),
        "posts": list(hazard.posts),
    }
