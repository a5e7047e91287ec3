"""Laying a run's inputs into its folder: each with its digest, or with what stands in for it."""

from pathlib import Path
from typing import Any

import msgspec

from anlan.forecast.adapters import Asked, Folder, Request
from anlan.forecast.declaration import Input, Model, shelf
from anlan.forecast.models import Run
from anlan.forecast.selectors.gathering import KINDS, Asking, Gathered
from anlan.forecast.selectors.gathering.asking import millis
from anlan.kernel import workspace
from anlan.kernel.errors import Invalid


def folder_of(run: Run) -> Folder:
    """Find a run's folder."""
    return Folder(workspace.directory() / run.folder)


def feed_run(run: Run) -> Model:
    """Gather what a run needs and write its request; returns the model as it is declared now.

    `Invalid` names the input that is missing and has no fallback, with what to do about it.
    """
    model = shelf().model(run.model)
    folder = folder_of(run)
    folder.begin()
    asked, notes = [], []
    for one in model.inputs:
        found = KINDS[one.kind](Asking(run, one))
        told = _laid(folder, one, found, millis(run.based_at))
        asked.append(told)
        notes += [told.said] if told.said else []
        notes += found.notes if found is not None and told.state != "missing" else ()
    folder.ask(
        Request(
            run=run.pk, model=model.key, engine=model.engine, based_at=millis(run.based_at),
            start=millis(run.valid_from), end=millis(run.valid_until), step_s=run.step_s,
            seed=run.seed, settings=run.settings, inputs=tuple(asked),
        )
    )  # fmt: skip
    run.inputs = [msgspec.to_builtins(one) for one in asked]
    run.notes = list(dict.fromkeys(notes))
    run.model_version = model.version
    Run.objects.filter(pk=run.pk, holder=run.holder).update(
        inputs=run.inputs, notes=run.notes, model_version=model.version
    )
    return model


def _laid(folder: Folder, one: Input, found: Gathered | None, based_ms: int) -> Asked:
    late = found is not None and _is_older(found, based_ms, one.fresh)
    if found is None or late:
        if one.fallback == "stop" or (found is None and one.fallback == "older"):
            raise Invalid(
                f"没有输入「{one.title}」，不能计算"
                if found is None
                else f"输入「{one.title}」太旧，不能计算"
            )
        if found is None or one.fallback == "without":
            return Asked(name=one.name, kind=one.kind, state="missing", said=one.said)
        if _is_older(found, based_ms, one.oldest):
            raise Invalid(f"输入「{one.title}」太旧，不能计算")
    file = found.file or f"{one.name}.json"
    digest, size = folder.put(f"inputs/{file}", _bytes(found.content))
    return Asked(
        name=one.name, kind=one.kind, state="older" if late else "used", file=file, sha256=digest,
        bytes=size, newest=found.newest, said=one.said if late else "",
    )  # fmt: skip


def _is_older(found: Gathered, based_ms: int, bound: Any) -> bool:
    if bound is None or found.newest is None:
        return False
    return bool(based_ms - found.newest > bound.total_seconds() * 1000)


def _bytes(content: Any) -> bytes:
    if isinstance(content, Path):
        return content.read_bytes()
    return content if isinstance(content, bytes) else msgspec.json.encode(content)
