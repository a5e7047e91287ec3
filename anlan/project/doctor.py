"""What is configured, what is reachable, what is missing and how to mend it (`anlan doctor`)."""

import os
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from anlan.kernel import workspace
from anlan.kernel.clock import real_now
from anlan.kernel.errors import AnlanError
from anlan.project import environment

ROOT = Path(__file__).resolve().parents[2]
LEAST_FREE_GIB = 2


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `ok` None means that it is allowed to be missing."""

    what: str
    ok: bool | None
    told: str
    mend: str = ""


def examine() -> Iterator[Finding]:
    """Look at everything; a look that fails is itself a finding."""
    for look in (
        _python,
        _disk,
        _workspace,
        _database,
        _migrations,
        _worker,
        _ingest,
        _pages,
        _port,
        _ladders,
        _channels,
        _sources,
        _retention,
        _alerts,
    ):
        try:
            yield look()
        except (AnlanError, OSError) as error:
            yield Finding(look.__doc__ or "", ok=False, told=str(error))


def _python() -> Finding:
    """Python."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding("Python", sys.version_info >= (3, 11), version, "需要 Python 3.11 或更新")


def _disk() -> Finding:
    """磁盘."""
    home = workspace.directory()
    at = home if home.exists() else ROOT
    free = shutil.disk_usage(at).free / 2**30
    return Finding(
        "磁盘", free >= LEAST_FREE_GIB, f"剩余 {free:.1f} GiB", f"至少留出 {LEAST_FREE_GIB} GiB"
    )


def _workspace() -> Finding:
    """工作区."""
    found = workspace.current()
    found.secret()
    loose = (found.dir / "secret").exists() and (found.dir / "secret").stat().st_mode & 0o077
    told = f"{found.dir}（{found.kind}）"
    return Finding("工作区", not loose, told, f"密钥文件权限过宽：chmod 600 {found.dir}/secret")


def _database() -> Finding:
    """数据库."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    kind = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    return Finding("数据库", ok=True, told=kind)


def _migrations() -> Finding:
    """数据库结构."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    told = "最新" if not waiting else f"有 {len(waiting)} 步升级未执行"
    return Finding("数据库结构", not waiting, told, "运行 anlan migrate")


def _worker() -> Finding:
    """后台."""
    from anlan.base.jobs.selectors import worker_state

    state = worker_state()
    told = "运行中" if state.alive else "没有运行"
    return Finding("后台进程", state.alive or None, told, "运行 ./run，或 anlan work")


def _ingest() -> Finding:
    """接入."""
    from anlan.sense.relay.beats import ingest_state

    state = ingest_state(workspace.directory())
    if not state.ready:
        return Finding("接入进程", None, "没有运行", "运行 ./run，或 anlan ingest")
    wrong = [
        f"{door['title']}：{door['refused'] or door['text']}"
        for door in state.doors
        if door["state"] == "failed" or door["refused"]
    ]
    told = "；".join(wrong) or "运行中，" + "、".join(
        door["title"] for door in state.doors if door["state"] == "open"
    )
    return Finding("接入进程", None if wrong else True, told, "按上面所说改正")


def _pages() -> Finding:
    """网页."""
    built = (ROOT / "frontend" / "dist" / "index.html").exists()
    return Finding("网页", built, "已构建" if built else "未构建", "运行 ./run 会自动构建")


def _port() -> Finding:
    """端口."""
    port = environment.number("ANLAN_PORT")
    with socket.socket() as probe:
        probe.settimeout(1)
        busy = probe.connect_ex((environment.text("ANLAN_HOST"), port)) == 0
    told = f"{port} " + ("有程序在监听" if busy else "空闲")
    return Finding("端口", None if busy else True, told)


def _ladders() -> Finding:
    """叫应阶梯."""
    from anlan.base.obligations.ladders import problem

    wrong = problem()
    return Finding("叫应阶梯", not wrong, wrong or "有效", "改正 conf/ladders.toml 后自动生效")


def _channels() -> Finding:
    """渠道."""
    from anlan.comms.declaration.shelf import shelf
    from anlan.comms.selectors.examining import problems

    if workspace.current().console_only:
        return Finding("渠道", ok=True, told="控制台替身，一条也不发出")
    on = sum(one.enabled for one in shelf().in_force().values())
    wrong = problems()
    told = "\n".join(wrong) or f"启用 {on} 个，都连得上"
    return Finding(
        "渠道", not wrong if on else None, told, "按上面所说改正；见文档「接上短信和邮件」"
    )


def _sources() -> Finding:
    """数据来源."""
    from anlan.gateways.sources.shelf import Shelf

    sheets = Shelf(workspace.directory()).sheets().values()
    wrong = "\n".join(one.wrong.detail for one in sheets if one.wrong)
    on = sum(bool(one.declaration and one.declaration.enabled) for one in sheets)
    told = wrong or f"{len(sheets)} 个，启用 {on} 个"
    return Finding("数据来源", not wrong, told, "改正 conf/sources/ 中的文件后自动生效")


def _retention() -> Finding:
    """观测值保留."""
    from anlan.sense.intake.retaining import read

    kept = read(workspace.directory())
    raw = f"{kept.raw_days} 天" if kept.raw_days else "永久"
    hourly = f"{kept.hourly_days} 天" if kept.hourly_days else "永久"
    return Finding("观测值保留", ok=True, told=f"单个值 {raw}，小时汇总 {hourly}")


def _alerts() -> Finding:
    """预警对外名称和签名."""
    from anlan.warn import outward

    home = workspace.directory()
    names = outward.read_names(home)
    ours, national = names.cap_sender or "（按县名）", names.national_sender or "（未设）"
    told = f"CAP 发送者 {ours}；国家代码 {national}"
    if not (home / "cap" / "certificate.pem").exists():
        return Finding("预警签名", ok=None, told=f"{told}；第一次发布时生成密钥")
    until = outward.seal().certificate.not_valid_after_utc
    return Finding(
        "预警签名", real_now() < until, f"{told}；证书到 {until:%Y-%m-%d}",
        "把新的 key.pem 和 certificate.pem 放进工作区的 cap/",
    )  # fmt: skip


def variables() -> list[tuple[str, str, str]]:
    """List every environment variable with its value (secrets hidden) and its meaning."""
    found = []
    for one in environment.VARIABLES:
        value = os.environ.get(one.name)
        shown = "（已设置）" if one.secret and value else value
        found.append((one.name, shown if shown is not None else f"[{one.default}]", one.meaning))
    return found
