"""`anlan observations ...`: old observations from files."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from anlan.project.cli import REFUSED, start_django

if TYPE_CHECKING:
    from anlan.sense.relay.reporting import Report

GROUP = "observations"

app = typer.Typer(help="观测值：从文件补录。", no_args_is_help=True)

#: Reasons printed one by one; the rest are counted (all of them with --json).
SHOWN = 50
COUNTED = ("rows", "accepted", "duplicates", "late", "outlived", "rejected", "troubles")


@app.callback()
def observations() -> None:
    """观测值：从文件补录。"""


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV、Excel 或 Parquet 文件", exists=True)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入")] = False,
    zone: Annotated[str, typer.Option(help="没有时区的时间按哪里的钟")] = "Asia/Shanghai",
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 打印结果")] = False,
) -> None:
    """补录历史观测值（可重复执行：已有的值不再写）。不会为旧数据报警。需要接入进程在运行。

    例：anlan observations import 2019年水位.xlsx --dry-run

    例：anlan observations import 雨量.csv --zone UTC

    表头：stream,time,value[,unit]，也可用 监测项编码、时间、数值、单位；其他列不看。
    """
    start_django()
    from anlan.kernel import workspace
    from anlan.project.cli._progress import showing
    from anlan.protocols.observations.files import read_file
    from anlan.sense.relay import backfill, examining
    from anlan.sense.selectors.bounds import bounds
    from anlan.sense.services.backfills import zone_of

    pieces = read_file(file, zone_of(zone))
    limits = bounds()
    with showing(file.name, 1.0, quiet=as_json) as progress:

        def noted(done: float, _: object) -> None:
            progress(done)

        if dry_run:
            report: Report = examining.examine(pieces, noted, bounds=limits)
        else:
            report = backfill.send(workspace.current().dir, pieces, noted, bounds=limits)
    (_print_json if as_json else _print)(report, dry_run=dry_run)
    if report.rows and report.rejected == report.rows:
        raise typer.Exit(REFUSED)


def _print_json(report: "Report", *, dry_run: bool) -> None:
    import orjson

    told = {name: value for name, value in asdict(report).items() if name in COUNTED}
    sys.stdout.write(orjson.dumps({**told, "dry_run": dry_run}).decode() + "\n")


def _print(report: "Report", *, dry_run: bool) -> None:
    kept = "可以写入" if dry_run else "写入"
    known = "" if dry_run else f"，已有 {report.duplicates}"
    late = f"（早于现有最新值 {report.late}）" if report.late else ""
    sys.stdout.write(
        f"读取 {report.rows} 行：{kept} {report.accepted}{known}{late}，不收 {report.rejected}\n"
    )
    if report.outlived:
        sys.stderr.write(
            f"其中 {report.outlived} 行早于单个值的保留期限，以后只留小时汇总；"
            "要留下每个值，先改 conf/settings.toml 的 raw_days，再补录\n"
        )
    for one in report.troubles[:SHOWN]:
        cell = f"「{one.column}」填的「{one.value}」：" if one.column else ""
        sys.stderr.write(f"第 {one.row} 行：{cell}{one.reason}\n")
    if report.rejected > SHOWN:
        sys.stderr.write(f"……还有 {report.rejected - SHOWN} 行不收（--json 可看更多）\n")
