"""Run an engine by key on a document."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from anlan.engines.registry.declaration import Engine, engine
from anlan.engines.registry.given import Files, understand
from anlan.engines.registry.result import Result
from anlan.kernel.errors import Invalid


def run(key: str, document: Mapping[str, Any], files: Files) -> tuple[Engine, Result]:
    """Give what the engine gives, with the notes of the reading before those of the run.

    `files` gives the bytes of a companion by the name the document uses.
    """
    chosen = engine(key)
    given = understand(chosen, document, files)
    found = chosen.run(given)
    declared = {item.key: item for item in chosen.outputs}
    lacking = [
        item.key for item in chosen.outputs if item.required and item.key not in found.values
    ]
    strange = set(found.values) - set(declared)
    if lacking or strange:
        raise Invalid(f"引擎 {key} 给出的与声明不符：{'、'.join([*lacking, *sorted(strange)])}")
    return chosen, replace(found, notes=(*given.notes, *found.notes))
