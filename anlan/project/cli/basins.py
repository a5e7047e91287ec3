"""`anlan basins`: the register of small basins, from a map of heights."""

import json
from pathlib import Path
from typing import Annotated

import typer

from anlan.kernel.errors import Invalid
from anlan.project.cli import start_django

GROUP = "basins"
app = typer.Typer(help="小流域：由地形图划分。", no_args_is_help=True)


@app.callback()
def basins() -> None:
    """小流域：由地形图划分。"""


@app.command()
def cut(
    heights: Annotated[
        Path, typer.Argument(help="地形图：GeoTIFF 或 NetCDF，经纬度", exists=True, dir_okay=False)
    ],
    outlets: Annotated[
        Path,
        typer.Argument(help="出口 CSV：code,name,region,lon,lat", exists=True, dir_okay=False),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只划分，不写入台账")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """划分每个出口以上的小流域，写入台账：范围、面积、下游、河段长和坡降。台账里已有的不改。

    例：anlan basins cut 地形.tif 出口.csv --dry-run

    例：anlan basins cut 地形.tif 出口.csv
    """
    start_django()
    from anlan.base.permissions.actor import system
    from anlan.forecast.services.cutting import cut_basins, read_outlets

    try:
        told = outlets.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("出口表不是 UTF-8 文字") from error
    found = cut_basins(
        heights=heights.read_bytes(), outlets=read_outlets(told), by=system("command-line"),
        source=f"由地形图 {heights.name} 划分", write=not dry_run,
    )  # fmt: skip
    rows = [
        {
            "code": one.code, "name": one.name, "area_km2": round(shape.area / 1e6, 2),
            "downstream": found.found[shape.down][0].code if shape.down >= 0 else None,
            "kept": one.code in found.kept,
        }
        for one, shape in found.found
    ]  # fmt: skip
    if as_json:
        told_json = {"basins": rows, "notes": list(found.notes), "written": not dry_run}
        typer.echo(json.dumps(told_json, ensure_ascii=False))
        return
    for note in found.notes:
        typer.echo(f"注意：{note}")
    for row in rows:
        kept = "（台账里已有，没有改）" if row["kept"] else ""
        typer.echo(f"{row['code']:<16}{row['area_km2']:>9.2f} km²  {row['name']}{kept}")
    if dry_run:
        typer.echo("没有写入；去掉 --dry-run 写入台账")
