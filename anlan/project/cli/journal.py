"""`anlan journal ...`: is the account of every deed whole?"""

import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from anlan.project.cli import REFUSED, start_django

GROUP = "journal"
app = typer.Typer(help="留痕：校验哈希链，签署链首。")


@app.command()
def verify(
    case: Annotated[str, typer.Option("--case", help="只读这一事件的详情（链仍全部走完）")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False,
) -> None:
    """校验留痕的哈希链；不完整时退出码为 1，并指出第一条不符的条目。

    例：anlan journal verify        例：anlan journal verify --case 01J...
    """
    start_django()
    from anlan.base.journal import selectors
    from anlan.base.journal.verification import verify as check
    from anlan.project.cli._progress import showing

    total = selectors.head().seq
    with showing("校验留痕", total, quiet=as_json) as moved:
        verdict = check(case or None, progress=moved)
    if as_json:
        typer.echo(json.dumps(asdict(verdict), ensure_ascii=False))
    elif verdict.ok:
        waiting = f"，另有 {verdict.unchained} 条等待入链" if verdict.unchained else ""
        typer.echo(
            f"留痕完整：{verdict.entries} 条，链首 {verdict.head}，"
            f"与 {verdict.anchors} 个签署的链首一致{waiting}。\nSM3 {verdict.chain}"
        )
    else:
        sys.stderr.write(f"留痕不完整：{verdict.fault}\n")
        if verdict.first_broken is not None:
            sys.stderr.write(f"第一条不符：{verdict.first_broken}\n")
    if not verdict.ok:
        raise typer.Exit(REFUSED)


@app.command()
def head() -> None:
    """签署当前链首并打印，供存档。例：anlan journal head > 链首.txt"""
    start_django()
    from anlan.base.journal import anchors
    from anlan.base.journal.services.anchoring import seal_head

    made = seal_head(by="system:command-line")
    typer.echo(anchors.printable(made), nl=False)
