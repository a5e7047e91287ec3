"""`anlan register`: registers by Excel, without the web."""

import json
from pathlib import Path
from typing import Annotated

import typer

from anlan.project.cli import REFUSED, start_django

GROUP = "register"
app = typer.Typer(help="台账：列出、模板、导入、导出。", no_args_is_help=True)


@app.command("list")
def list_registers(
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """列出全部台账和行数。例：anlan register list"""
    start_django()
    from anlan.base.register.registry import REGISTERS

    found = [
        {
            "key": entry.key,
            "title": entry.title,
            "rows": entry.model._default_manager.filter(retired_at=None).count(),
        }
        for entry in REGISTERS.values()
    ]
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    for one in found:
        typer.echo(f"{one['key']:<16}{one['rows']:>10}  {one['title']}")


@app.command()
def template(key: str, out: Annotated[Path, typer.Argument(help="写到哪个 .xlsx 文件")]) -> None:
    """写出空白模板：下拉选项、填写说明和一行示例。例：anlan register template shelters 模板.xlsx"""
    start_django()
    from anlan.base.register.excel import writing
    from anlan.base.register.registry import REGISTERS

    out.write_bytes(writing.template(REGISTERS[key]))
    typer.echo(str(out))


@app.command("export")
def export_register(
    key: str, out: Annotated[Path, typer.Argument(help="写到哪个 .xlsx 文件")]
) -> None:
    """导出一本台账，个人信息保持遮盖。例：anlan register export shelters 避灾场所.xlsx"""
    start_django()
    from anlan.base.permissions.actor import system
    from anlan.base.register.excel import writing
    from anlan.base.register.registry import REGISTERS
    from anlan.base.register.selectors import Query

    count = writing.export(REGISTERS[key], system("command-line"), Query(), str(out))
    typer.echo(f"{count} 行 → {out}")


@app.command("import")
def import_register(
    key: str,
    file: Annotated[Path, typer.Argument(help="Excel 文件", exists=True, dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """导入一个 Excel：同编号的行更新，其余新增；有错的行列出原因，不写入。

    例：anlan register import shelters 避灾场所.xlsx --dry-run
    """
    start_django()
    from rich.progress import Progress

    from anlan.base.permissions.actor import system
    from anlan.base.register.excel.checking import Report, batches
    from anlan.base.register.registry import REGISTERS
    from anlan.base.register.services import save_rows

    entry, by, report = REGISTERS[key], system("command-line"), Report()
    with Progress(disable=as_json, transient=True) as bar:
        task = bar.add_task(entry.title, total=1.0)
        for changes in batches(
            entry, file, by, report=report, progress=lambda part: bar.update(task, completed=part)
        ):
            if dry_run:
                report.added += sum(change.id is None for change in changes)
                report.changed += sum(change.id is not None for change in changes)
                continue
            for saved in save_rows(entry=entry, changes=changes, by=by):
                setattr(report, saved.state, getattr(report, saved.state) + 1)
    if as_json:
        counts = {name: getattr(report, name) for name in COUNTS}
        errors = [vars(trouble) for trouble in report.troubles]
        typer.echo(json.dumps({**counts, "errors": errors}, ensure_ascii=False))
    else:
        for trouble in report.troubles:
            shown = f"「{trouble.value}」" if trouble.value else ""
            typer.echo(f"第 {trouble.row} 行 {trouble.column} {shown}：{trouble.reason}", err=True)
        verb = "将" if dry_run else "已"
        typer.echo(
            f"{report.rows} 行：{verb}新增 {report.added}，{verb}更新 {report.changed}，"
            f"未变 {report.unchanged}，有错 {report.bad}"
        )
    if report.bad:
        raise typer.Exit(REFUSED)


COUNTS = ("rows", "good", "bad", "added", "changed", "unchanged")
