"""`anlan workspace ...`: exercise workspaces."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from anlan.kernel import clock, workspace
from anlan.kernel.errors import Invalid
from anlan.project.cli import REFUSED, start_django
from anlan.project.cli._progress import showing

GROUP = "workspace"
app = typer.Typer(help="工作区：从正式或演示工作区复制出演练。", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="演练的名称：小写字母、数字、连字符")]


@app.command()
def create(
    name: Name,
    source: Annotated[
        Path | None, typer.Option("--from", metavar="DIR", help="来源工作区，缺省为当前工作区")
    ] = None,
    speed: Annotated[
        float, typer.Option(help="演练时钟的快慢：60 为一秒走一分钟，0 为一步一步走")
    ] = 1.0,
    start: Annotated[
        str, typer.Option(help="演练从何时开始，如 2026-08-09T06:00；缺省为现在")
    ] = "",
    title: Annotated[str, typer.Option(help="每一页上显示的名称；缺省由演练的名字得来")] = "",
    title_en: Annotated[str, typer.Option(help="同上，英文界面上的")] = "",
) -> None:
    """把台账复制成一个演练工作区（DIR/exercises/NAME），来源正在运行时随即启动它。

    例：anlan workspace create flood-2026

    例：anlan --data var/live workspace create typhoon --start 2026-08-09T06:00 --speed 60

    人员、岗位、场所、住户、账号一并复制，可用各自的口令登录；留痕、会话、待办、通道设置都不复制。
    台账中的日期（任职、值班、确认）随开始时间整日平移，所以开始那天的值班就是今天的值班。
    """
    from anlan.project.exercises import making

    home = (source or workspace.directory()).resolve()
    plan = making.plan(
        home, name, speed=speed, start=_moment(start), title=title, title_en=title_en
    )
    with making.making(plan) as draft:
        start_django()
        from anlan.project.exercises import filling

        with showing("复制", None) as moved:
            filled = filling.fill(plan, lambda _what, done, _total: moved(done))
        filling.keep_facts(plan, filled, draft.dir)
        made = draft.finish()
    left = filling.forget_meanwhile(filled, made)
    if left is not None and left.problem:
        sys.stderr.write(f"来源刚销毁的信息在演练中还没有销毁，稍后会再试：{left.problem}\n")
    sys.stderr.write(f"已复制 {sum(filled.rows.values())} 行到 {made}\n")
    _serve(home, name)


def _moment(text: str) -> datetime | None:
    """Read a time; without an offset it is the local one."""
    if not text:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(f"看不懂时间「{text}」，请写成 2026-08-09T06:00") from None
    return read if read.tzinfo else read.replace(tzinfo=clock.LOCAL_ZONE)


def _serve(home: Path, name: str) -> None:
    """Start the exercise if its source runs, else say how."""
    from anlan.project.exercises import serving

    if serving.is_served(home):
        sys.stdout.write(f"演练 {name}：{serving.start(home, name)}\n")
        return
    sys.stdout.write(
        f"演练 {name} 已就绪，尚未启动：先 ./run --data {home} 启动来源，"
        f"再 anlan --data {home} workspace start {name}\n"
    )


@app.command("start")
def start_exercise(name: Name) -> None:
    """启动一个演练并打印地址；第一次启动时演练的时钟开始走。例：anlan workspace start drill"""
    from anlan.project.exercises import serving

    sys.stdout.write(f"演练 {name}：{serving.start(_home(), name)}\n")


@app.command("stop")
def stop_exercise(name: Name) -> None:
    """停止一个演练，数据保留。例：anlan workspace stop drill"""
    from anlan.project.exercises import serving

    stopped = serving.stop(_home(), name)
    sys.stdout.write(f"演练 {name} 已停止\n" if stopped else f"演练 {name} 没有在运行\n")


@app.command("list")
def list_workspaces(
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 打印")] = False,
) -> None:
    """列出当前工作区和它的演练。例：anlan workspace list"""
    from anlan.project.exercises import places

    home = workspace.load(_home()).dir
    told = [places.tell(one) for one in (home, *places.exercises(home))]
    if as_json:
        rows = [one.json() for one in told]
        sys.stdout.write(json.dumps({"workspaces": rows}, ensure_ascii=False) + "\n")
        return
    for one in told:
        sys.stdout.write(_line(one.json()) + "\n")


KINDS = {"live": "正式", "demo": "演示", "exercise": "演练"}


def _line(one: dict[str, object]) -> str:
    if one["problem"]:
        return f"{one['name']}\t{one['problem']}"
    running = "运行中" if one["ready"] else "启动中" if one["running"] else "已停止"
    speed = one["speed"]
    pace = "步进" if speed == 0 else f"×{speed:g}"
    size = f"{int(str(one['bytes'])) / 2**20:.0f} MB"
    copied = f"复制于 {one['copied_at']}" if one["copied_at"] else ""
    parts = (one["name"], KINDS[str(one["kind"])], running, one["url"], one["now"], pace, size)
    return "\t".join([*(str(part) for part in parts), copied]).rstrip()


@app.command()
def remove(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问")] = False,
) -> None:
    """停止并删除一个演练，先覆盖它的密钥。不能撤销。例：anlan workspace remove drill --yes"""
    from anlan.project.exercises import places, serving

    found = places.open_exercise(_home(), name)
    if not yes and not typer.confirm(f"删除 {found.dir}，确定吗？", err=True):
        raise typer.Exit(REFUSED)
    serving.remove(_home(), name)
    sys.stdout.write(f"演练 {name} 已删除\n")


def _home() -> Path:
    return workspace.directory().resolve()
