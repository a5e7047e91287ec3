"""`anlan source ...`: other departments' platforms, tried before they are switched on."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from anlan.kernel.errors import Invalid
from anlan.project.cli import REFUSED, WRONG_USE, start_django

if TYPE_CHECKING:
    from anlan.gateways.sources.console import Checked

GROUP = "source"

app = typer.Typer(help="数据来源：从其他部门的平台取数。", no_args_is_help=True)

#: Rows printed; --json prints all that were read.
SHOWN = 20


@app.callback()
def sources() -> None:
    """数据来源：从其他部门的平台取数。"""


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="来源配置 TOML；编码表和证书从同一文件夹读")],
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 打印结果")] = False,
) -> None:
    """按配置取一页，显示会存成什么、哪些会被拒收；什么也不存。

    例：anlan source check conf/sources/water.toml

    例：anlan --data var/live source check 水利局.toml --json

    写错的配置，逐条指出行号和原因，退出码 2；取不到数，退出码 1。
    """
    start_django()
    from anlan.gateways.sources.console import check as try_once
    from anlan.gateways.sources.declaration import Wrong, read_text
    from anlan.gateways.sources.selectors import standing_of
    from anlan.gateways.sources.shelf import read_table
    from anlan.kernel import workspace

    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"{file} 读不了：{error}") from error
    try:
        declared = read_text(file.stem.lower(), text, lambda name: read_table(file.parent, name))
    except Wrong as wrong:
        for problem in wrong.problems:
            sys.stderr.write(f"{file.name} {problem.sentence()}\n")
        raise typer.Exit(WRONG_USE) from wrong
    found = try_once(declared, workspace.directory(), known=standing_of)
    if as_json:
        sys.stdout.write(json.dumps(asdict(found), ensure_ascii=False, default=str) + "\n")
    else:
        _print(found, warnings=declared.warnings is not None)
    if found.reason:
        raise typer.Exit(REFUSED)


@app.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 打印结果")] = False,
) -> None:
    """列出数据来源和它们的状况，最差的在前。例：anlan source list"""
    start_django()
    from anlan.base.permissions import system
    from anlan.gateways.sources import selectors
    from anlan.kernel import clock

    rows = selectors.sources(system("command-line"))
    if as_json:
        plain = [asdict(row) for row in rows]
        sys.stdout.write(json.dumps(plain, ensure_ascii=False, default=str) + "\n")
        return
    for row in rows:
        newest = f"{clock.local(row.newest_at):%Y-%m-%d %H:%M}" if row.newest_at else "没有数据"
        why = row.reason or "；".join(one.sentence() for one in row.problems)
        sys.stdout.write(
            f"{row.condition_title}  {row.key}  {row.title}  最新 {newest}"
            f"  {row.unit} {row.phone}{f'  {why}' if why else ''}\n"
        )
    if not rows:
        sys.stdout.write("还没有数据来源；在 conf/sources/ 中放一个 TOML 文件\n")


def _print(found: "Checked", *, warnings: bool) -> None:
    out = sys.stdout.write
    out(f"请求：{found.asked or '（没有发出）'}\n")
    if found.reason:
        out(f"失败：{found.reason}\n")
        if found.text:
            out(f"对方的回答：\n{found.text}\n")
        return
    out(f"回答：HTTP {found.status}，{found.size} 字节，{found.took_ms} 毫秒；")
    if warnings:
        out(f"{found.records} 条预警，能去取报文 {found.mapped} 条，")
        out(f"不去取 {found.rejected_count} 条\n")
    else:
        out(
            f"{found.records} 条记录，映射出 {found.mapped} 个值，拒收 {found.rejected_count}，"
            f"没有值 {found.missing}，不归我们 {found.ignored}"
            f"{'；还有下一页' if found.more else ''}\n"
        )
    for warning in found.warnings:
        out(f"注意：{warning}\n")
    _print_rows(found)


def _print_rows(found: "Checked") -> None:
    from anlan.kernel.clock import local

    out = sys.stdout.write
    for row in found.rows[:SHOWN]:
        mark = {"unknown": "  （没有登记）", "outside": "  （不在来源的范围内）"}.get(
            row.standing, ""
        )
        out(
            f"  {row.stream}  {local(row.time):%Y-%m-%d %H:%M:%S}  {row.value:g} {row.unit}{mark}\n"
        )
    if found.rows and found.mapped > SHOWN:
        out(f"  ……共 {found.mapped} 个值\n")
    for bad in found.rejected[:SHOWN]:
        out(f"  拒收 第 {bad.record + 1} 条 {bad.field}：{bad.reason}  {bad.sample}\n")
    if found.rejected_count > SHOWN:
        out(f"  ……共拒收 {found.rejected_count} 个\n")
