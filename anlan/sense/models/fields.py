"""Levels of a stream: a mapping from the kind of level to its value, checked where it is typed."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from anlan import codes

TABLE = "stream-level-kinds"


class LevelsField(models.JSONField):
    """``{"warning": 12.3, "guarantee": 13.5}``; None when no level is known.

    Values are in the unit of the stream's quantity.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def said(self, levels: Mapping[str, float]) -> str:
        """Say the levels as the form field reads them back."""
        table = codes.table(TABLE)
        return "；".join(f"{table.name(kind)} {value!r}" for kind, value in levels.items())

    def formfield(self, **_: Any) -> Any:
        """Accept a mapping, its JSON text, or words: ``警戒水位 12.3；保证水位 13.5``."""
        return LevelsFormField(required=False, label=self.verbose_name)


class LevelsFormField(forms.Field):
    """Turns what people type into a mapping from level codes to numbers."""

    def to_python(self, value: Any) -> dict[str, float] | None:
        """Read the levels; `ValidationError` says which word or number is wrong."""
        if value in (None, "", {}):
            return None
        if isinstance(value, str):
            value = _spoken(value)
        if not isinstance(value, Mapping):
            raise ValidationError("应为 {特征值: 数值}，或「警戒水位 12.3；保证水位 13.5」")
        found = {_kind(str(name)): _number(name, one) for name, one in value.items()}
        return {name: one for name, one in found.items() if one is not None} or None


def _spoken(text: str) -> Any:
    if text.lstrip().startswith("{"):
        try:
            return forms.JSONField().to_python(text)
        except ValidationError:
            raise ValidationError("不是有效的 JSON") from None
    parts = [part.split() for part in text.replace("；", ";").replace("，", ";").split(";")]
    if any(len(part) != 2 for part in parts if part):
        raise ValidationError("每一项写「名称 数值」，项与项之间用分号隔开")
    return {part[0]: part[1] for part in parts if part}


def _kind(name: str) -> str:
    table = codes.table(TABLE)
    if name in table:
        return name
    for row in table:
        if name in (row.name, row.name_en):
            return row.code
    raise ValidationError(f"「{name}」不在{table.title}中")


def _number(name: object, value: Any) -> float | None:
    if value is None or value == "":
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ValidationError(f"{name} 的数值「{value}」不是数字") from None
