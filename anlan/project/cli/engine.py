"""`anlan engine`: engines without the web, from a document of inputs to a folder of outputs."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from anlan.project.cli import REFUSED

if TYPE_CHECKING:
    from anlan.engines.registry import Engine, Item, Result

GROUP = "engine"
app = typer.Typer(help="计算引擎：列出、说明、运行，不需要网页和数据库。", no_args_is_help=True)


@app.command("list")
def list_engines(
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """列出全部引擎。例：anlan engine list"""
    from anlan.engines.registry import engines

    if as_json:
        found = [_described(one) for one in engines().values()]
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    for one in engines().values():
        typer.echo(f"{one.key:<12}第 {one.version} 版  {one.title}  {one.source}")


@app.command()
def show(
    key: Annotated[str, typer.Argument(help="引擎的名称，见 anlan engine list")],
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    example: Annotated[bool, typer.Option("--example", help="只输出一份可以运行的输入")] = False,
) -> None:
    """说明一个引擎：输入、输出、单位、出处，核对过什么、还没有核对什么。

    例：anlan engine show basin

    例：anlan engine show basin --example > 输入.json
    """
    from anlan.engines.registry import engine

    one = engine(key)
    if example:
        typer.echo(json.dumps(one.example, ensure_ascii=False, indent=1))
        return
    if as_json:
        typer.echo(json.dumps(_described(one), ensure_ascii=False))
        return
    typer.echo(f"{one.title}（{one.title_en}），第 {one.version} 版")
    typer.echo(f"出处：{one.source}\n适用：{one.valid}")
    for title, sentences in (("核对过", one.verified), ("未核对", one.open)):
        for sentence in sentences:
            typer.echo(f"{title}：{sentence}")
    for title, items in (("输入", one.inputs), ("输出", one.outputs)):
        typer.echo(f"{title}：")
        for item in items:
            typer.echo(f"  {_line(item)}")


@app.command()
def run(
    key: Annotated[str, typer.Argument(help="引擎的名称，见 anlan engine list")],
    given: Annotated[
        Path, typer.Option("--input", help="输入：一个 JSON 文件，或放着 input.json 的文件夹")
    ],
    output: Annotated[
        Path | None, typer.Option("--output", help="结果：文件夹，或一个 .json 文件")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="把结果以 JSON 打印出来")] = False,
) -> None:
    """运行一个引擎。数值都要写明单位；另外的文件（CSV、NPY、路径文件）放在输入旁边。

    例：anlan engine run tide --input 坎门.json --json

    例：anlan engine run basin --input 输入/ --output 结果/

    计算中途失控时保留最后可靠的结果，说明原因，退出码 1。

    结果文件夹里有 result.json（全部输出、注意事项、版本和输入的摘要）、时间序列 CSV 和大数组 NPZ。
    """
    from anlan.engines.registry import run as run_engine
    from anlan.project.engine_folders import document_of, provenance, read_beside, write

    folder, name, document = document_of(given)
    chosen, found = run_engine(key, document, read_beside(folder))
    stamp = provenance(chosen, folder, name, document)
    if output is not None:
        for path in write(chosen, found, stamp, output):
            typer.echo(str(path), err=as_json)
    if as_json:
        from anlan.project.engine_folders import whole

        sys.stdout.write(json.dumps(whole(chosen, found, stamp), ensure_ascii=False) + "\n")
    else:
        _summary(chosen, found)
    if found.stopped:
        typer.echo(f"没有算到底：{found.stopped}", err=True)
        raise typer.Exit(REFUSED)


def _described(one: "Engine") -> dict[str, object]:
    return {
        "key": one.key, "title": one.title, "title_en": one.title_en, "version": one.version,
        "source": one.source, "valid": one.valid, "verified": one.verified, "open": one.open,
        "units": {item.key: item.unit for item in (*one.inputs, *one.outputs) if item.unit},
        "inputs": [_item(item) for item in one.inputs],
        "outputs": [_item(item) for item in one.outputs],
    }  # fmt: skip


def _item(item: "Item") -> dict[str, object]:
    return {
        "key": item.key, "title": item.title, "title_en": item.title_en, "kind": item.kind,
        "unit": item.unit, "axes": item.axes, "required": item.required, "choices": item.choices,
        "also": item.also,
    }  # fmt: skip


def _line(item: "Item") -> str:
    kinds = {"times": "时刻", "text": "文字", "texts": "文字", "file": "文件"}
    parts = [item.unit or kinds.get(item.kind, "无单位")]
    if item.axes:
        parts.append(" 或 ".join(" × ".join(axes) or "一个数" for axes in (item.axes, *item.also)))
    if item.choices:
        parts.append("、".join(item.choices))
    if not item.required:
        parts.append("可以没有")
    return f"{item.key:<20}{item.title}（{'；'.join(parts)}）"


def _summary(chosen: "Engine", found: "Result") -> None:
    """Print what fits a terminal: single values, and the range of every array."""
    import numpy as np

    for note in found.notes:
        typer.echo(f"注意：{note}")
    for item in chosen.outputs:
        if item.key not in found.values:
            continue
        value = found.values[item.key]
        if item.kind == "times":
            told = f"{np.size(np.asarray(value))} 个时刻"
        elif isinstance(value, list):
            told = "、".join(value[:8]) + (f" 等 {len(value)} 个" if len(value) > 8 else "")
        elif isinstance(value, np.ndarray) and value.size:
            told = _range(value)
        else:
            told = value if isinstance(value, str) else f"{float(np.asarray(value)):.6g}"
        typer.echo(f"{item.key:<20}{item.title}  {told} {item.unit}".rstrip())


def _range(value: object) -> str:
    import numpy as np

    figures = np.asarray(value, dtype=np.float64)
    unknown = int(np.isnan(figures).sum())
    if unknown == figures.size:
        return "全部不明"
    told = f"{np.nanmin(figures):.6g} 到 {np.nanmax(figures):.6g}"
    return f"{told}（{unknown} 个不明）" if unknown else told
