"""Columns of a register, read off its model once: type, label, unit, choices, what may be done."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from anlan import codes
from anlan.base.language import english
from anlan.base.register.fields import CodeField, CodesField
from anlan.base.register.registry import REGISTERS, Computed, Register
from anlan.base.vault.fields import SealedField

#: Kept by the platform itself; never in a form.
KEPT = frozenset(
    (
        "id",
        "version",
        "created_at",
        "changed_at",
        "changed_by",
        "reviewed_at",
        "retired_at",
        "cell",
        "seal",
    )
)

_TYPES: "tuple[tuple[type[models.Field[Any, Any]], str], ...]" = (
    (CodeField, "choice"),
    (CodesField, "choices"),
    (models.BooleanField, "bool"),
    (models.DateTimeField, "datetime"),
    (models.DateField, "date"),
    (models.IntegerField, "int"),
    (models.FloatField, "float"),
    (models.JSONField, "json"),
    (models.TextField, "longtext"),
    (models.CharField, "text"),
)


@dataclass(frozen=True)
class Column:
    """One column as every surface needs it. `attname` is the database column (``region_id``)."""

    name: str
    attname: str
    label: str
    type: str
    required: bool = False
    readonly: bool = False
    unit: str = ""
    help: str = ""
    codes: str = ""
    ref: str = ""
    sealed: bool = False
    masked: bool = False
    computed: bool = False
    sortable: bool = False
    max_length: int | None = None
    low: float | None = None
    high: float | None = None
    field: Any = None

    @property
    def label_en(self) -> str:
        """The label in English."""
        return english(self.label)

    @property
    def filtered(self) -> bool:
        """Whether a list can be narrowed by exact values of this column."""
        return self.type in ("choice", "bool", "ref", "region") and not self.computed


@cache
def columns(entry: Register) -> tuple[Column, ...]:
    """List a register's columns: fields in the model's order, then computed ones."""
    fields = [f for f in entry.model._meta.concrete_fields if f.name not in KEPT]
    # Natural key and name first, as people read a form; the region after them.
    rank = {name: place for place, name in enumerate((*entry.natural, entry.label, "region"))}
    fields.sort(key=lambda f: rank.get(f.name, len(rank)))
    return (
        *(_of_field(entry, f) for f in fields),
        *(_computed(name, made) for name, made in entry.computed.items()),
    )


@cache
def by_name(entry: Register) -> dict[str, Column]:
    """Index the columns by name."""
    return {column.name: column for column in columns(entry)}


def writable(entry: Register) -> tuple[Column, ...]:
    """List the columns a form or an Excel sheet may set."""
    return tuple(column for column in columns(entry) if not column.readonly)


def _of_field(entry: Register, field: Any) -> Column:
    low, high = _range(field)
    kind = _type(entry, field)
    return Column(
        name=field.name,
        attname=field.attname,
        label=str(field.verbose_name),
        type=kind,
        required=not field.blank,
        readonly=not field.editable or (field.name == "region" and bool(entry.within)),
        unit=getattr(field, "unit", ""),
        help=str(field.help_text),
        codes=getattr(field, "table", ""),
        ref=_ref(field),
        sealed=isinstance(field, SealedField),
        masked=field.name in entry.mask,
        computed=False,
        sortable=kind not in ("choices", "json", "geometry", "longtext")
        and not isinstance(field, SealedField),
        max_length=field.max_length,
        low=low,
        high=high,
        field=field,
    )


def _computed(name: str, made: Computed) -> Column:
    return Column(
        name,
        name,
        made.label,
        made.type,
        readonly=True,
        unit=made.unit,
        help=made.help,
        computed=True,
    )


def _type(entry: Register, field: Any) -> str:
    if field.name == entry.area:
        return "geometry"
    if field.name == "region":
        return "region"
    if isinstance(field, models.ForeignKey):
        return "ref"
    if isinstance(field, SealedField):
        return "text"
    return next(name for cls, name in _TYPES if isinstance(field, cls))


def _ref(field: Any) -> str:
    if not isinstance(field, models.ForeignKey) or field.name == "region":
        return ""
    for key, entry in REGISTERS.items():
        if entry.model is field.related_model:
            return key
    return ""


def _range(field: Any) -> tuple[float | None, float | None]:
    low = high = None
    for validator in getattr(field, "_validators", ()):
        if isinstance(validator, MinValueValidator):
            low = validator.limit_value
        if isinstance(validator, MaxValueValidator):
            high = validator.limit_value
    return low, high


def choices(column: Column) -> list[dict[str, Any]] | None:
    """List a choice column's options with label, English, colour and confidence."""
    return codes.as_choices(column.codes) if column.codes else None
