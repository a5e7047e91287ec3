"""Model fields that carry what every surface of a register must know: unit, code table."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from anlan import codes

if TYPE_CHECKING:
    _Text = models.CharField[str, str]
    _Measure = models.FloatField[float | None, float | None]
    _Count = models.PositiveIntegerField[int | None, int | None]
else:  # Django's fields take no parameters when the program runs
    _Text, _Measure, _Count = models.CharField, models.FloatField, models.PositiveIntegerField


def _check_code(table: str, value: str) -> None:
    if value not in codes.table(table):
        title = codes.table(table).title
        raise ValidationError(f"「{value}」不在{title}中", code="invalid_choice")


class CodeField(_Text):
    """One code of a code table. Stored is the code; the label is looked up."""

    def __init__(self, *args: Any, table: str = "", **kwargs: Any) -> None:
        self.table = table
        kwargs.setdefault("max_length", 40)
        super().__init__(*args, **kwargs)

    def formfield(self, **_: Any) -> Any:
        """Accept a code, or its label as people type it into Excel."""
        return CodeFormField(
            table=self.table,
            required=not self.blank,
            label=self.verbose_name,
            initial=self.default if self.has_default() else None,
        )


class CodesField(models.JSONField):
    """Several codes of one table, as a list."""

    def __init__(self, *args: Any, table: str = "", **kwargs: Any) -> None:
        self.table = table
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def formfield(self, **_: Any) -> Any:
        """Accept a list of codes, or labels joined by 、 , ; as people type them."""
        return CodesFormField(table=self.table, required=not self.blank, label=self.verbose_name)


class MeasureField(_Measure):
    """A measured number with its unit; None is unknown."""

    def __init__(
        self,
        *args: Any,
        unit: str = "",
        low: float | None = None,
        high: float | None = None,
        **kwargs: Any,
    ) -> None:
        self.unit = unit
        self.low, self.high = low, high
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        kwargs["validators"] = [*kwargs.get("validators", ()), *_bounds(low, high)]
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Keep unit and bounds out of migrations: they change no column."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("validators", None)
        return name, path, args, kwargs


class CountField(_Count):
    """A number of things with what is counted; None is unknown."""

    def __init__(self, *args: Any, unit: str = "", high: int | None = None, **kwargs: Any) -> None:
        self.unit = unit
        self.low, self.high = 0, high
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        kwargs["validators"] = [*kwargs.get("validators", ()), *_bounds(0, high)]
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Keep unit and bounds out of migrations: they change no column."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("validators", None)
        return name, path, args, kwargs


def _bounds(low: float | None, high: float | None) -> list[Callable[[Any], None]]:
    found: list[Callable[[Any], None]] = []
    if low is not None:
        found.append(MinValueValidator(low))
    if high is not None:
        found.append(MaxValueValidator(high))
    return found


class CodeFormField(forms.CharField):
    """Turns a code or a label into the code."""

    def __init__(self, *, table: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.table = table

    def to_python(self, value: Any) -> str:
        """Find the code for what was typed."""
        text = str(super().to_python(value) or "")
        return code_of(self.table, text) if text else text


class CodesFormField(forms.Field):
    """Turns a list of codes or a joined text of labels into a list of codes."""

    SEPARATORS = str.maketrans("，,；;/|", "、、、、、、")

    def __init__(self, *, table: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.table = table

    def to_python(self, value: Any) -> list[str]:
        """Split, look up, keep the order, drop repeats."""
        if value in (None, ""):
            return []
        parts = (
            value if isinstance(value, list) else str(value).translate(self.SEPARATORS).split("、")
        )
        return list(dict.fromkeys(code_of(self.table, str(part).strip()) for part in parts if part))


def code_of(table: str, text: str) -> str:
    """Find a code by itself or by its label in either language; ValidationError if none."""
    found = codes.table(table)
    if text in found:
        return text
    for code in found.rows:
        if text in (code.name, code.name_en):
            return code.code
    _check_code(table, text)
    return text
