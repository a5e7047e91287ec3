"""`anlan regions ...`: the code list and its boundaries."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from anlan.kernel.errors import Invalid
from anlan.project.cli import REFUSED, start_django

if TYPE_CHECKING:
    from anlan.base.regions.services import ImportReport, Progress

GROUP = "regions"

app = typer.Typer(help="行政区划：导入代码名录和边界。", no_args_is_help=True)

#: Errors printed one by one; the rest are counted (all of them with --json).
SHOWN = 50


@app.callback()
def regions() -> None:
    """行政区划：导入代码名录和边界。"""


@app.command("import")
def import_(  # noqa: PLR0913 - one argument per option
    file: Annotated[
        Path, typer.Argument(help="名录 CSV：code,name[,lon,lat,population,households]")
    ],
    boundaries: Annotated[
        Path | None, typer.Option(help="边界：GeoJSON 文件，或装有 代码.geojson 的文件夹")
    ] = None,
    datum: Annotated[
        str | None, typer.Option(help="边界的坐标系：wgs84（含 CGCS2000）、gcj02 或 bd09")
    ] = None,
    close_missing: Annotated[
        bool, typer.Option("--close-missing", help="名录中不再有的区划记为停用（撤乡并村）")
    ] = False,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="停用从哪天起；默认今天")
    ] = None,
    successors: Annotated[Path | None, typer.Option(help="撤并对照 CSV：旧代码,新代码")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 打印结果")] = False,
) -> None:
    """导入行政区划名录（可重复执行：没有变化的行不写）。

    例：anlan regions import 区划.csv

    例：anlan regions import 2026.csv --close-missing --successors 撤并.csv --since 2026-07-01

    例：anlan regions import 区划.csv --boundaries 边界.geojson --datum gcj02

    表头可用中文（区划代码、名称、经度、纬度、人口、户数、启用日期、停用日期）；
    UTF-8、GB 18030 均可；代码可为 2、4、6、9、12、15 位。经纬度为 WGS-84。
    """
    start_django()
    from anlan.base.permissions import system
    from anlan.base.regions import services

    datum = _known_datum(boundaries, datum)
    options = services.ListOptions(
        close_missing=close_missing,
        day=since.date() if since else None,
        successors=services.read_successors(successors) if successors else {},
    )
    with _bar() as progress:
        report = services.import_regions(
            file,
            boundaries=boundaries,
            datum=datum,
            options=options,
            by=system("regions-import"),
            progress=progress,
        )
    (_print_json if as_json else _print)(report)
    if report.errors and len(report.errors) == report.rows:
        raise typer.Exit(REFUSED)


def _known_datum(boundaries: Path | None, given: str | None) -> str | None:
    """Ask for the datum where neither the file nor the caller tells it."""
    from anlan.base.regions.services.boundaries import UNKNOWN_DATUM, stated_datum
    from anlan.engines.geo.datum import TO_WGS84

    if given is not None and given not in TO_WGS84:
        raise Invalid(f"不认识的坐标系「{given}」，应为 {'、'.join(TO_WGS84)}")
    if boundaries is None or given or stated_datum(boundaries):
        return given
    sys.stderr.write(f"{UNKNOWN_DATUM}\n")
    try:
        answer: str = typer.prompt("坐标系 (wgs84/gcj02/bd09)", err=True).strip().lower()
    except typer.Abort:
        raise Invalid("没有说明坐标系，未导入任何内容") from None
    return _known_datum(boundaries, answer)


@contextmanager
def _bar() -> Iterator["Progress"]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
    )
    with Progress(
        *columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True
    ) as bar:
        tasks: dict[str, Any] = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done)

        yield tell


def _print_json(report: "ImportReport") -> None:
    import orjson

    sys.stdout.write(orjson.dumps(asdict(report)).decode() + "\n")


def _print(report: "ImportReport") -> None:
    out = sys.stdout.write
    out(
        f"读取 {report.rows} 行：新增 {report.added}，修改 {report.changed}，"
        f"未变 {report.unchanged}，有误 {len(report.errors)}\n"
    )
    if report.closed or report.reopened:
        out(f"停用 {len(report.closed)} 个区划，恢复 {len(report.reopened)} 个\n")
    if report.boundaries or report.boundaries_unchanged:
        out(f"边界：写入 {report.boundaries}，未变 {report.boundaries_unchanged}\n")
    for line in _complaints(report):
        sys.stderr.write(f"{line}\n")


def _complaints(report: "ImportReport") -> Iterator[str]:
    for error in report.errors[:SHOWN]:
        yield f"第 {error.row} 行 {error.column}「{error.value}」：{error.reason}"
    if len(report.errors) > SHOWN:
        yield f"……还有 {len(report.errors) - SHOWN} 行有误（--json 可看全部）"
    for gap in report.missing_parents[:SHOWN]:
        below = f"其下 {gap.count} 个区划，例如 {gap.example}"
        yield f"名录缺少上级 {gap.code}（{below}），已挂到更上一级"
    for number, code, reason in report.boundary_errors[:SHOWN]:
        yield f"边界第 {number} 个「{code}」：{reason}"
    if report.boundaries_unknown:
        shown = "、".join(report.boundaries_unknown[:SHOWN])
        yield f"有边界而名录中没有的代码（未写入）：{shown}"
