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

    A run that was asked for without a storm belongs to the one that its inputs are of.
    `Invalid` names the input that is missing and has no fallback, with what to do about it.
    """
    model = shelf().model(run.model)
    folder = folder_of(run)
    folder.begin()
    asked, notes, storms = [], [], []
    for one in model.inputs:
        found = KINDS[one.kind](Asking(run, one))
        refused = found.refused if found is not None else ()
        found = None if found is None or found.content is None else found
        told = _laid(folder, one, found, millis(run.based_at))
        asked.append(told)
        notes += [told.said] if told.said else []
        if found is not None and told.state != "missing":
            notes += found.notes
            storms += [found.storm] if found.storm else []
        notes += refused
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
    run.storm = run.storm or next(iter(storms), "")
    Run.objects.filter(pk=run.pk, holder=run.holder).update(
        inputs=run.inputs, notes=run.notes, model_version=model.version, storm=run.storm
    )
    return model


def _laid(folder: Folder, one: Input, found: Gathered | None, based_ms: int) -> Asked:
    if found is None or found.is_older(one.oldest or one.fresh, based_ms):
        if one.fallback == "without":
            return Asked(name=one.name, kind=one.kind, state="missing", said=one.said)
        raise Invalid(
            f"没有输入「{one.title}」，不能计算"
            if found is None
            else f"输入「{one.title}」太旧，不能计算"
        )
    late = found.is_older(one.fresh, based_ms)
    file = found.file or f"{one.name}.json"
    digest, size = folder.put(f"inputs/{file}", _bytes(found.content))
    return Asked(
        name=one.name, kind=one.kind, state="older" if late else "used", file=file, sha256=digest,
        bytes=size, newest=found.newest, said=(one.said_older or one.said) if late else "",
    )  # fmt: skip


def _bytes(content: Any) -> bytes:
    if isinstance(content, Path):
        return content.read_bytes()
    return content if isinstance(content, bytes) else msgspec.json.encode(content)
