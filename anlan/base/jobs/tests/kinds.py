"""Kinds of job for tests."""

from typing import Any

from anlan.base.jobs.registry import JobContext, Stopped, every, job
from anlan.kernel.errors import Invalid, Unavailable

ran: list[tuple[str, dict[str, Any]]] = []


@job("test.add", title="相加")
def add(context: JobContext, a: int, b: int) -> int:
    context.progress(0.5)
    ran.append(("add", {"a": a, "b": b}))
    return a + b


@job("test.away", title="外部不应答", tries=3)
def call_away(_context: JobContext) -> None:
    raise Unavailable("短信平台不应答")


@job("test.wrong", title="参数错误")
def be_wrong(_context: JobContext) -> None:
    raise Invalid("表头不对")


@job("test.broken", title="程序出错", tries=2)
def be_broken(_context: JobContext) -> None:
    raise ZeroDivisionError


@job("test.stops", title="被要求停下")
def stop(_context: JobContext) -> None:
    raise Stopped


@every(minutes=10)
@job("test.tick", title="定时")
def tick(_context: JobContext) -> None:
    ran.append(("tick", {}))
