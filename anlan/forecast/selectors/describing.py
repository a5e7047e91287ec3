"""Runs in words: one, many, what may be done with them, what they rest on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from anlan import codes
from anlan.base.door.phrases import said
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may
from anlan.base.regions import selectors as regions
from anlan.forecast.declaration import shelf
from anlan.forecast.models import Run
from anlan.forecast.selectors.rows import UNSIGNED, run_for, seen_runs
from anlan.forecast.states import RUN, SIGNING, STAMP
from anlan.kernel import clock
from anlan.kernel.errors import Invalid

MOST = 500
#: A run that waits longer than this waits because nobody computes.
WAITS_S = 120.0


@dataclass(frozen=True, kw_only=True)
class Query:
    """What a list of runs is asked for; what is empty narrows nothing."""

    model: str = ""
    hazard: str = ""
    state: str = ""
    #: unsigned, approved, rejected, withdrawn, superseded; several by commas.
    signing: str = ""
    region: str = ""
    storm: str = ""
    page: int = 1
    size: int = 50


def page(actor: Actor, query: Query, language: str) -> dict[str, Any]:
    """Read one page of runs, the newest first."""
    rows = seen_runs(actor, within=query.region)
    for name, value, known in (
        ("state", query.state, RUN), ("signing", query.signing, SIGNING),
    ):  # fmt: skip
        if value:
            wanted = value.split(",")
            if not set(wanted) <= {one.code for one in known.states}:
                raise Invalid(f"没有这样的状态：{name}={value}", errors={name: ["没有这个状态"]})
            rows = rows.filter(**{f"{name}__in": wanted})
    exact = {"model": query.model, "hazard": query.hazard, "storm": query.storm}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    size = min(max(query.size, 1), MOST)
    start = (max(query.page, 1) - 1) * size
    found = list(rows.defer("given", "outputs").order_by("-id")[start : start + size])
    return {
        "items": describe(found, actor, language),
        "total": rows.count(),
        "page": query.page,
        "size": size,
        "as_of": clock.now(),
    }


def describe(rows: Sequence[Run], actor: Actor, language: str) -> list[dict[str, Any]]:
    """Say runs in words; two queries, whatever their number."""
    names = permissions.names_of({r for row in rows for r in (row.asked_by, row.signed_by) if r})
    places = regions.names(row.region_id for row in rows)
    return [_run(row, names, places, actor, language) for row in rows]


def _run(
    row: Run, names: dict[str, str], places: dict[str, str], actor: Actor, language: str
) -> dict[str, Any]:
    state, signing = RUN[row.state], SIGNING[row.signing]
    hazards, colours = codes.table("hazards"), codes.table("warning-levels")
    level = str(row.level) if row.level else ""
    return {
        "id": row.pk,
        "version": row.version,
        "model": row.model,
        "engine": row.engine,
        "title": said(row.title, language),
        "hazard": row.hazard,
        "hazard_label": hazards.name(row.hazard),
        "hazard_label_en": hazards.name(row.hazard, "en"),
        "region": row.region_id,
        "region_name": places.get(row.region_id, row.region_id),
        "storm": row.storm,
        "based_at": row.based_at,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
        "step_s": row.step_s,
        "how": row.how,
        "asked_by_name": names.get(row.asked_by, row.asked_by),
        "asked_at": row.asked_at,
        "state": row.state,
        "state_label": state.label,
        "state_label_en": state.label_en,
        "tone": state.tone,
        "waits": _waits(row),
        "reason": said(row.reason, language),
        "progress": row.progress,
        "started_at": row.started_at,
        "ended_at": row.ended_at,
        "level": row.level,
        "level_label": colours.name(level),
        "level_label_en": colours.name(level, "en"),
        "lower_bound": row.lower_bound,
        "inputs_at": _inputs_at(row),
        "inputs_missing": sum(one["state"] == "missing" for one in row.inputs),
        "signing": row.signing,
        "signing_label": signing.label,
        "signing_label_en": signing.label_en,
        "signed_by_name": names.get(row.signed_by, row.signed_by),
        "signed_at": row.signed_at,
        "signing_note": row.signing_note,
        "stamp": stamp_of(row),
        "case": row.case,
        "verified_at": row.verified_at,
        "verbs": verbs(row, actor),
    }


def _inputs_at(row: Run) -> datetime | None:
    """Tell the newest moment of the input that reaches least far; None where none has a time."""
    told = [one["newest"] for one in row.inputs if one.get("newest") is not None]
    return datetime.fromtimestamp(min(told) / 1000, UTC) if told else None


def _waits(row: Run) -> bool:
    """Tell whether a run waits so long that most likely nobody computes."""
    return row.state == "queued" and (clock.now() - row.asked_at).total_seconds() > WAITS_S


def stamp_of(row: Run) -> dict[str, Any]:
    """Say what every product of a run carries, and where the official word is found.

    Official bulletins stand above our own computation whether it is signed or not; `official` is
    the address that lists those of the same hazard.
    """
    zh, en = STAMP["approved" if row.signing == "approved" else "unsigned"]
    return {
        "signed": row.signing == "approved",
        "text": zh,
        "text_en": en,
        "official": f"/alerts?state=in-force&relayed=true&hazard={row.hazard}",
    }


def verbs(row: Run, actor: Actor) -> list[str]:
    """List what this actor may do with a run now."""
    found = []
    if may(actor, "forecasts.run", row.region_id):
        if row.state in ("queued", "running"):
            found.append("stop")
        if row.state in ("failed", "stopped"):
            found.append("again")
    if row.state == "done" and actor.user_id and may(actor, "forecasts.approve", row.region_id):
        if row.signing == "unsigned":
            ahead = row.valid_until > clock.now()
            found += ["approve", "reject"] if ahead else ["reject"]
        elif SIGNING.may(row.signing, "withdrawn"):
            found.append("withdraw")
    return found


def one(actor: Actor, run: str, language: str) -> dict[str, Any]:
    """Read one run with what it rests on: inputs and products by digest, versions, seed, notes."""
    row = run_for(run, actor)
    told = describe([row], actor, language)[0]
    model = shelf().models().get(row.model)
    titles = {one.name: (one.title, one.title_en) for one in (model.inputs if model else ())}
    inputs = [
        {
            **given,
            "title": titles.get(given["name"], (given["name"],) * 2)[language == "en"],
            "said": said(given["said"], language),
        }
        for given in row.inputs
    ]
    told |= {
        "model_version": row.model_version,
        "seed": row.seed,
        "settings": row.settings,
        "given": sorted(row.given),
        "inputs": inputs,
        "versions": row.versions,
        "notes": [said(note, language) for note in row.notes],
        "tries": row.tries,
        "counts": {
            "stations": row.stations.count(), "villages": row.villages.count(),
            "series": row.series.count(), "grids": row.grids.count(),
        },
    }  # fmt: skip
    if may(actor, UNSIGNED, row.region_id):
        told["outputs"] = row.outputs
    return told


def models(actor: Actor, language: str) -> dict[str, Any]:
    """List the declared models with their last runs, and the files that are refused."""
    english = language == "en"
    found = []
    for model in shelf().models().values():
        mine = seen_runs(actor).filter(model=model.key).defer("given", "outputs")
        last = mine.order_by("-id").first()
        good = mine.filter(state="done").order_by("-id").first()
        found.append(
            {
                "key": model.key,
                "title": model.title_en if english else model.title,
                "about": model.about_en if english else model.about,
                "source": model.source,
                "hazard": model.hazard,
                "engine": model.engine or "command",
                "shipped": model.shipped,
                "enabled": model.enabled,
                "version": model.version,
                "region": model.region,
                "hours": model.ahead.total_seconds() / 3600,
                "step_s": round(model.step.total_seconds()),
                "every_s": model.schedule.every.total_seconds() if model.schedule else None,
                "settings": model.settings,
                "inputs": [
                    {
                        "name": one.name, "kind": one.kind,
                        "title": one.title_en if english else one.title,
                        "fallback": one.fallback, "said": said(one.said, language),
                    }
                    for one in model.inputs
                ],
                "last": describe([last], actor, language)[0] if last else None,
                "last_done": describe([good], actor, language)[0] if good else None,
            }
        )  # fmt: skip
    wrong = [{"key": key, "reason": why} for key, why in shelf().wrong().items()]
    return {"items": found, "wrong": wrong, "as_of": clock.now()}
