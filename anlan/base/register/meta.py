"""What a front end must know to draw any register: columns, labels, choices, the asker's rights."""

from functools import cache
from typing import Any

from anlan.base.language import english
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import prefixes
from anlan.base.register.columns import Column, choices, columns
from anlan.base.register.registry import DOMAINS, REGISTERS, VERBS, Register


def registers(actor: Actor) -> list[dict[str, Any]]:
    """Describe the registers `actor` may see, in menu order."""
    order = list(DOMAINS)
    found = sorted(
        REGISTERS.values(), key=lambda entry: (order.index(entry.domain), entry.order, entry.key)
    )
    described = []
    for entry in found:
        rights = {verb: bool(prefixes(actor, entry.action(verb))) for verb in VERBS}
        if rights["view"]:
            described.append({**describe(entry), "rights": rights})
    return described


@cache
def describe(entry: Register) -> dict[str, Any]:
    """Describe one register, the same for everybody."""
    title, title_en = DOMAINS[entry.domain]
    return {
        "key": entry.key,
        "title": entry.title,
        "title_en": entry.title_en,
        "icon": entry.icon,
        "domain": entry.domain,
        "domain_title": title,
        "domain_title_en": title_en,
        "geometry": entry.geometry,
        "listed": list(entry.listed),
        "searched": list(entry.searched),
        "key_columns": list(entry.natural),
        "label": entry.label,
        "columns": [describe_column(column) for column in columns(entry)],
        "review_months": entry.review_after,
        "source": entry.source,
        "order": entry.order,
    }


def describe_column(column: Column) -> dict[str, Any]:
    """Describe one column for the front end and the documentation."""
    return {
        "name": column.name,
        "label": column.label,
        "label_en": column.label_en,
        "type": column.type,
        "required": column.required,
        "readonly": column.readonly,
        "unit": column.unit,
        "unit_en": english(column.unit) if column.unit else "",
        "help": column.help,
        "help_en": english(column.help) if column.help else "",
        "choices": choices(column),
        "codes": column.codes or None,
        "ref": column.ref or None,
        "masked": column.masked,
        "computed": column.computed,
        "filter": column.filtered,
        "sortable": column.sortable,
        "max_length": column.max_length,
        "min": column.low,
        "max": column.high,
    }
