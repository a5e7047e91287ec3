"""Run an installer, and turn what it says when it fails into a sentence with the mend."""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from anlan.project.supervisor.claim import full_disk
from anlan.project.supervisor.refusal import Refusal

FULL = re.compile(r"No space left on device|ENOSPC|Disk quota exceeded|EDQUOT", re.IGNORECASE)
OFFLINE = re.compile(
    r"Temporary failure in name resolution|Name or service not known|Failed to resolve"
    r"|Failed to establish a new connection|Network is unreachable|Cannot connect to proxy"
    r"|Connection refused|ConnectTimeout|ReadTimeout|NewConnectionError|Could not connect"
    r"|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|Max retries exceeded"
    r"|No matching distribution found",
    re.IGNORECASE,
)


def install(
    command: Sequence[str], *, cwd: Path, log: Path, environment: Mapping[str, str] | None = None
) -> None:
    """Run an installer with its output in `log`; `Refusal` says why it failed."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as file:
        code = subprocess.run(  # noqa: S603 - our own command
            list(command),
            cwd=cwd,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
    if code != 0:
        raise why(log.read_text(encoding="utf-8", errors="replace"), cwd, log)


def why(output: str, where: Path, log: Path) -> Refusal:
    """Tell from an installer's output what is wrong."""
    if FULL.search(output):
        return full_disk(where)
    if OFFLINE.search(output):
        return Refusal(
            f"下载软件包失败：没有网络或包仓库不可达，请接通网络（或设好代理、镜像）后再试；"
            f"详情见 {log}。",
            "could not download the packages: no network, or the package registry cannot be "
            f"reached; connect it (or set a proxy or mirror) and try again; see {log}.",
        )
    tail = "\n".join(output.splitlines()[-15:])
    return Refusal(
        f"安装软件包失败，原因见上面的输出（全文在 {log}）。",
        f"installing packages failed; its output above says why (all of it is in {log}).",
        detail=tail,
    )
