"""What somebody says who has nothing special to say: each required field of a form, filled."""

from collections.abc import Iterable
from typing import Any

from anlan.base.obligations.kinds import Ask


def filled(form: Iterable[Ask], word: str) -> dict[str, Any]:
    """Fill what a form requires; `word` stands where words are asked for."""
    return {one.name: _value(one, word) for one in form if one.required and not one.on_behalf}


def _value(ask: Ask, word: str) -> Any:
    if ask.type == "choice":
        return ask.buttons[0] if ask.buttons else ask.choices[0][0]
    return {"int": 0, "bool": True}.get(ask.type, word)
