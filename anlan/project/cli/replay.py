"""`anlan replay`: a scripted or recorded day through the real doors, in an exercise workspace."""

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from anlan.kernel import clock, workspace
from anlan.kernel.errors import Invalid
from anlan.project.cli import REFUSED, start_django
from anlan.project.cli._progress import showing
from anlan.project.cli._replayed import show

app = typer.Typer()


@app.command()
def replay(  # noqa: PLR0913 - options
    source: Annotated[
        str,
        typer.Argument(
            metavar="NAME-OR-FILE", help="demo-day、台风名（如 lekima），或 .parquet、.ndjson 文件"
        ),
    ],
    speed: Annotated[float | None, typer.Option(help="快慢：60 为一秒走一分钟")] = None,
    lockstep: Annotated[bool, typer.Option(help="一步一步走，做完一步再走下一步（缺省）")] = False,
    begin: Annotated[str, typer.Option("--from", help="从何时开始，如 13:30；缺省为开头")] = "",
    end: Annotated[str, typer.Option("--to", help="到何时为止，如 19:30；缺省为结尾")] = "",
    step: Annotated[int, typer.Option(help="步进时每一步多少秒", min=10, max=3600)] = 120,
    name: Annotated[str, typer.Option(help="演练工作区的名称，缺省由记录的名称得来")] = "",
    alone: Annotated[
        bool, typer.Option("--no-people", help="台风重演时不要模拟的人，应答、转发都自己来")
    ] = False,
    again: Annotated[bool, typer.Option(help="删掉上一次的演练工作区，从头再来")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 打印结果")] = False,
) -> None:
    """把一天的监测数据或一场台风经由真实的接入口重放到一个演练工作区里，有应有的报警时逐条对照。

    例：anlan replay demo-day --speed 60

    例：anlan replay demo-day --lockstep --from 13:30 --to 19:30

    例：anlan replay lekima --speed 300

    例：anlan replay storm.parquet --speed 10

    先打印演练的地址。中断后再次运行同一命令即从中断处继续，--to 可以改晚；改 --from 要加 --again。
    来源工作区正在运行时用它的守护进程，否则自己启动一个。
    """
    if speed is not None and (lockstep or not 0 < speed <= 3600):
        raise Invalid("--speed 应在 0 到 3600 之间，且不能与 --lockstep 同用")
    home = workspace.load(workspace.directory().resolve()).dir
    from anlan.demo.days.sources import bounds, read_source, titles_of

    given = read_source(source)
    whole = bounds(source, given)
    span = (_moment(begin, whole) or whole[0], _moment(end, whole) or whole[1])
    if not whole[0] <= span[0] < span[1] <= whole[1]:
        raise Invalid("--from 与 --to 应在记录的起止时间之内，且先后不颠倒")
    place = _stage(home, name or _named(source), span[0], again=again, titles=titles_of(source))
    from anlan.project import replays

    replays.enter(place)
    start_django()
    from anlan.demo.replay import playing

    cursor = playing.prepare(source, given, span, place)
    pace = playing.Pace(
        None if lockstep or speed is None else speed, step * 1000, peopled=not alone
    )
    if not cursor.done:
        with replays.served(home, place) as url:
            out = sys.stderr if as_json else sys.stdout
            out.write(f"演练 {place.name}：{url}\n")
            out.flush()
            with showing("回放", (cursor.end - cursor.start) / 60_000) as moved:
                cursor = playing.play(
                    cursor, url, place, pace=pace,
                    tell=lambda one: moved((one.at - one.start) // 60_000),
                )  # fmt: skip
    played = playing.verdict_on(cursor, place)
    show(played, as_json=as_json)
    if played.verdict is not None and not played.verdict.good:
        raise typer.Exit(REFUSED)


def _named(source: str) -> str:
    stem = Path(source).stem.lower()
    return f"replay-{''.join(sign if sign.isalnum() and sign.isascii() else '-' for sign in stem)}"


def _moment(text: str, whole: tuple[int, int]) -> int | None:
    """Read a time; one without a day is the first of that hour in the recording."""
    if not text:
        return None
    first = clock.local(datetime.fromtimestamp(whole[0] / 1000, tz=clock.LOCAL_ZONE))
    try:
        if "T" in text or "-" in text:
            read = datetime.fromisoformat(text)
            read = read if read.tzinfo else read.replace(tzinfo=clock.LOCAL_ZONE)
        else:
            hour = datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - put on the day below
            read = datetime.combine(first.date(), hour, clock.LOCAL_ZONE)
            read += timedelta(days=1) if read < first else timedelta()
    except ValueError:
        raise Invalid(f"看不懂时间「{text}」，请写成 13:30 或 2026-08-11T13:30") from None
    return round(read.timestamp() * 1000)


def _stage(home: Path, name: str, start: int, *, again: bool, titles: tuple[str, str]) -> Path:
    from anlan.project import replays
    from anlan.project.exercises import places, serving

    if again and (places.place_of(home, name) / "workspace.json").exists():
        serving.remove(home, name)
    at = datetime.fromtimestamp(start / 1000, tz=clock.LOCAL_ZONE)
    return replays.stage(home, name, at, titles=titles)
