"""A model field whose column holds only what the vault sealed."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models

from anlan.base.vault.ciphers import is_sealed

if TYPE_CHECKING:
    _Text = models.TextField[str, str]
else:  # Django's fields take no parameters when the program runs
    _Text = models.TextField


class SealedField(_Text):
    """A personal value. In the database and on the instance it is ciphertext (or empty).

    Parameters
    ----------
    index : kinds of search token to keep for it (`tokens.KINDS`).
    subject : attribute of the row that holds the id of the person whose key seals it.
    plain_max_length, validators : rules for the plain text.

    Writing plain text to the column raises ValueError: forgetting to seal cannot go unnoticed.
    """

    #: Told to registers, exports and masks.
    sealed = True

    def __init__(
        self,
        *args: Any,
        index: Sequence[str] = (),
        subject: str = "id",
        plain_max_length: int = 200,
        **kwargs: Any,
    ) -> None:
        self.index = tuple(index)
        self.subject = subject
        self.plain_max_length = plain_max_length
        self.plain_validators: list[Callable[[str], None]] = [
            MaxLengthValidator(plain_max_length),
            *kwargs.pop("validators", ()),
        ]
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Keep the rules of the plain text out of migrations: they change no column."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("validators", None)
        return name, path, args, kwargs

    def run_validators(self, value: Any) -> None:
        """Judge a plain text; ciphertext was judged before it was sealed."""
        if value in self.empty_values or is_sealed(value):
            return
        errors: list[ValidationError] = []
        for check in self.plain_validators:
            try:
                check(value)
            except ValidationError as error:
                errors.extend(error.error_list)
        if errors:
            raise ValidationError(errors)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Let only ciphertext and emptiness into the database."""
        if isinstance(value, str) and value and not is_sealed(value):
            raise ValueError(f"{self.model.__name__}.{self.name} takes sealed text only")
        return super().get_db_prep_save(value, connection)

    def formfield(self, **kwargs: Any) -> Any:
        """Ask for the plain text."""
        kwargs.setdefault("form_class", forms.CharField)
        kwargs.setdefault("max_length", self.plain_max_length)
        kwargs.setdefault("validators", self.plain_validators[1:])
        kwargs.setdefault("widget", forms.TextInput)
        return models.Field.formfield(self, **kwargs)
