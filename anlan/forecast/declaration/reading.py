"""Reading a declaration: what is wrong is named with the file and the word."""

import hashlib
import re
import tomllib
from datetime import timedelta
from typing import Any, Literal

import msgspec

from anlan.codes import hazard
from anlan.forecast.adapters.registry import load
from anlan.forecast.declaration.model import Input, Model, Schedule
from anlan.kernel.errors import Invalid, Missing

KEY = re.compile(r"[a-z][a-z0-9-]{1,39}")
_SPAN = re.compile(r"(\d+(?:\.\d+)?)(s|min|h|d)")
_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86_400}


class _Input(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    name: str
    kind: str
    title: str
    title_en: str = ""
    back: str = ""
    fresh: str = ""
    fallback: Literal["stop", "without", "older"] = "stop"
    oldest: str = ""
    said: str = ""
    said_older: str = ""
    options: dict[str, Any] = {}


class _Schedule(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    every: str
    after: str = "0s"
    only_with: tuple[str, ...] = ()


class _Model(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    title: str
    title_en: str = ""
    hazard: str
    engine: str = ""
    command: tuple[str, ...] = ()
    about: str = ""
    about_en: str = ""
    source: str = ""
    past: str = "0s"
    ahead: str
    step: str
    time_limit: str = "10min"
    memory_mb: int | None = None
    region: str = ""
    enabled: bool = True
    schedule: _Schedule | None = None
    settings: dict[str, Any] = {}
    inputs: tuple[_Input, ...] = ()


def read_model(key: str, text: str, *, shipped: bool = False) -> Model:
    """Read the declaration of the model `key`; `Invalid` says what is wrong with it."""
    if not KEY.fullmatch(key):
        raise Invalid(f"{key}.toml：文件名只能用小写字母、数字和横线")
    try:
        raw = msgspec.convert(tomllib.loads(text), _Model)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise Invalid(f"{key}.toml：{error}") from error
    try:
        return _checked(key, raw, hashlib.sha256(text.encode()).hexdigest(), shipped)
    except (Invalid, Missing) as error:
        raise Invalid(f"{key}.toml：{error.detail}") from error


def _checked(key: str, raw: _Model, version: str, shipped: bool) -> Model:
    if bool(raw.engine) == bool(raw.command):
        raise Invalid("engine 和 command 要写一个，也只能写一个")
    if raw.engine and raw.engine not in load():
        raise Invalid(f"没有引擎「{raw.engine}」，有：{'、'.join(load())}")
    hazard(raw.hazard)
    step, ahead = span(raw.step, "step"), span(raw.ahead, "ahead")
    if not timedelta(seconds=10) <= step <= ahead:
        raise Invalid("step 至少 10 秒，且不大于 ahead")
    names = [one.name for one in raw.inputs]
    if len(set(names)) < len(names):
        raise Invalid("两个输入同名")
    strange = set(raw.schedule.only_with if raw.schedule else ()) - set(names)
    if strange:
        raise Invalid(f"only_with 里的「{min(strange)}」不是这个模型的输入")
    return Model(
        key=key,
        title=raw.title,
        title_en=raw.title_en or raw.title,
        hazard=raw.hazard,
        engine=raw.engine,
        command=raw.command,
        about=raw.about,
        about_en=raw.about_en or raw.about,
        source=raw.source,
        past=span(raw.past, "past"),
        ahead=ahead,
        step=step,
        time_limit=span(raw.time_limit, "time_limit"),
        memory_mb=raw.memory_mb,
        region=raw.region,
        enabled=raw.enabled,
        schedule=_schedule(raw.schedule),
        settings=raw.settings,
        inputs=tuple(_input(one) for one in raw.inputs),
        version=version,
        shipped=shipped,
    )


def _schedule(raw: _Schedule | None) -> Schedule | None:
    if raw is None:
        return None
    every = span(raw.every, "every")
    if not timedelta(minutes=5) <= every <= timedelta(days=1):
        raise Invalid("every 应在 5min 到 1d 之间")
    return Schedule(every=every, after=span(raw.after, "after"), only_with=raw.only_with)


def _input(raw: _Input) -> Input:
    oldest = span(raw.oldest, "oldest") if raw.oldest else None
    if {"older": oldest is None, "stop": oldest is not None}.get(raw.fallback, False):
        raise Invalid(
            f"输入「{raw.name}」：fallback 为 older 时要写 oldest，为 stop 时不写，"
            "为 without 时写了就先用旧的"
        )
    if raw.fallback != "stop" and not raw.said:
        raise Invalid(f"输入「{raw.name}」：缺了仍要算的，要在 said 写明告诉值班员什么")
    return Input(
        name=raw.name,
        kind=raw.kind,
        title=raw.title,
        title_en=raw.title_en or raw.title,
        back=span(raw.back, "back") if raw.back else None,
        fresh=span(raw.fresh, "fresh") if raw.fresh else None,
        fallback=raw.fallback,
        oldest=oldest,
        said=raw.said,
        said_older=raw.said_older,
        options=raw.options,
    )


def span(text: str, name: str) -> timedelta:
    """Read ``10min``, ``6h``, ``3d``, ``30s``; `Invalid` names the word.

    >>> span("1.5h", "ahead")
    datetime.timedelta(seconds=5400)
    """
    found = _SPAN.fullmatch(text)
    if found is None:
        raise Invalid(f"{name} 的「{text}」不是时长，应如 30s、10min、6h、3d")
    return timedelta(seconds=float(found[1]) * _SECONDS[found[2]])
