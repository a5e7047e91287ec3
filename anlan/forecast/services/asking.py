"""Asking for a run, stopping it, asking again. The heavy process computes it, never a request."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from django.db import IntegrityError, transaction
from django.db.models import F

from anlan.base.jobs import wake
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.forecast.declaration import Model, shelf
from anlan.forecast.models import Run
from anlan.forecast.selectors.gathering import KINDS
from anlan.forecast.selectors.rows import run_for
from anlan.forecast.services.telling import note
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid, Missing
from anlan.kernel.ids import new_id

RUN = "forecasts.run"
#: More than these waiting means that nobody computes, or somebody asks without thinking.
MOST_WAITING: Final = 50
LONGEST: Final = timedelta(days=15)
MOST_GIVEN: Final = 2_000_000
FOLDER: Final = "forecast/runs"
TOPIC: Final = "forecast"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked for; what is empty is as the model's declaration says."""

    model: str
    region: str = ""
    storm: str = ""
    #: What it starts from; None is now. An earlier moment is a hindcast: it sees nothing newer.
    based_at: datetime | None = None
    ahead: timedelta | None = None
    seed: int | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    #: Inputs given along, by name.
    given: dict[str, Any] = field(default_factory=dict)
    how: str = "hand"
    #: One run for all who ask with the same text; "" for no limit.
    once: str = ""


def ask_run(*, wanted: Wanted, by: Actor) -> str:
    """Put a run into the queue; returns its id.

    Raises `Missing` for a model that is not in force, `Invalid` for what it cannot compute from,
    `Conflict` when too many wait, or when `once` was asked before.
    """
    model = shelf().model(wanted.model)
    if not model.enabled:
        raise Conflict(f"模型「{model.title}」已停用")
    region = _region(model, wanted, by)
    permit(by, RUN, region)
    _check(model, wanted)
    made = _made(model, wanted, region, by)
    with transaction.atomic():
        if Run.objects.filter(state="queued").count() >= MOST_WAITING:
            raise Conflict("排队的计算太多，请等它们算完或停止一些")
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError as error:
            raise Conflict("这一时次的计算已经有了") from error
        note(made, "started", by, {"model": model.key, "based_at": made.based_at.isoformat(),
                                   "seed": made.seed, "how": made.how})  # fmt: skip
        wake.signal(TOPIC)
    return made.pk


def _region(model: Model, wanted: Wanted, by: Actor) -> str:
    code = wanted.region or model.region or by.region or regions.top()
    if not code:
        raise Invalid("还没有行政区划，请先导入区划代码", errors={"region": ["没有区划"]})
    asked = regions.region(code).code
    if model.region and not scope.covers(scope.prefix(model.region), asked):
        raise Invalid("这个模型不管这个地区", errors={"region": ["不在模型的范围内"]})
    return asked


def _check(model: Model, wanted: Wanted) -> None:
    names = {one.name for one in model.inputs}
    strange = sorted(set(wanted.given) - names)
    if strange:
        raise Invalid(f"模型没有输入「{strange[0]}」", errors={"inputs": ["没有这个输入"]})
    if len(orjson.dumps(wanted.given)) > MOST_GIVEN:
        raise Invalid("随计算给出的输入太大", errors={"inputs": ["太大"]})
    for name, value in wanted.settings.items():
        known = model.settings.get(name)
        if known is None or isinstance(known, str) != isinstance(value, str):
            raise Invalid(f"模型没有参数「{name}」，或它的类型不对", errors={"settings": [name]})
    unknown = [one.kind for one in model.inputs if one.kind not in KINDS]
    if unknown:
        raise Invalid(f"没有人会收集输入「{unknown[0]}」", errors={"model": ["声明有误"]})
    now = clock.now()
    if wanted.based_at is not None and (wanted.based_at.tzinfo is None or wanted.based_at > now):
        raise Invalid("起报时间要带时区，且不晚于现在", errors={"based_at": ["应不晚于现在"]})
    if wanted.ahead is not None and not model.step <= wanted.ahead <= LONGEST:
        raise Invalid("预报时效超出范围", errors={"hours": ["最多 15 天"]})


def _made(model: Model, wanted: Wanted, region: str, by: Actor) -> Run:
    step = round(model.step.total_seconds())
    at = (wanted.based_at or clock.now()).timestamp() // step * step
    based_at = datetime.fromtimestamp(at, tz=clock.now().tzinfo)
    identity = new_id()
    return Run(
        id=identity, model=model.key, model_version=model.version,
        engine=model.engine or "command", title=model.title, hazard=model.hazard,
        region_id=region, storm=wanted.storm.strip()[:20], based_at=based_at,
        valid_from=based_at - model.past, valid_until=based_at + (wanted.ahead or model.ahead),
        step_s=step, seed=secrets.randbits(31) if wanted.seed is None else wanted.seed,
        settings={**model.settings, **wanted.settings}, given=wanted.given, how=wanted.how,
        once=wanted.once or None, asked_by=by.ref, asked_at=clock.now(),
        folder=f"{FOLDER}/{based_at:%Y%m}/{identity}",
    )  # fmt: skip


def stop_run(*, run: str, by: Actor) -> None:
    """Stop a run: one that waits at once, one that is computed as soon as its process hears."""
    with transaction.atomic():
        row = run_for(run, by, lock=True)
        permit(by, RUN, row.region_id)
        if row.state not in ("queued", "running"):
            raise Conflict("这次计算已经结束")
        if row.state == "queued":
            Run.objects.filter(pk=row.pk).update(
                state="stopped", ended_at=clock.now(), reason="排队时被停止",
                version=F("version") + 1,
            )  # fmt: skip
        else:
            Run.objects.filter(pk=row.pk).update(stop_asked=True, version=F("version") + 1)
        note(row, "stopped", by)
        wake.signal(TOPIC)


def ask_again(*, run: str, by: Actor) -> None:
    """Let a run that failed or was stopped begin again, from inputs gathered anew."""
    with transaction.atomic():
        row = run_for(run, by, lock=True)
        permit(by, RUN, row.region_id)
        if row.state not in ("failed", "stopped"):
            raise Conflict("只有没有算成或已停止的计算可以重新算")
        model = shelf().models().get(row.model)
        if model is None or not model.enabled:
            raise Missing("没有这个模型")
        Run.objects.filter(pk=row.pk).update(
            state="queued", reason="", ended_at=None, started_at=None, tries=0, stop_asked=False,
            progress=None, model_version=model.version, version=F("version") + 1,
        )  # fmt: skip
        note(row, "again", by)
        wake.signal(TOPIC)
