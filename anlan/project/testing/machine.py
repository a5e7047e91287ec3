"""What the machine must have for some tests, and how it gets it."""

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from anlan.project.testing.postgres import find_server
from anlan.project.testing.steps import tell


def has_chinese_font() -> bool:
    """Whether pages can be drawn in Chinese."""
    return any(Path("/usr/share/fonts").rglob("NotoSansCJK*"))


def _command(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


@dataclass(frozen=True)
class Need:
    """A system package, how to see that it is there, and what goes without it."""

    package: str
    there: Callable[[], bool]
    used_for: str
    #: Wanted only when a test carries this mark; "" is always.
    mark: str = ""


POSTGRESQL = Need("postgresql", lambda: find_server() is not None, "PostgreSQL 上的测试")
CHROMIUM = Need("chromium", _command("chromium", "chromium-browser"), "浏览器测试")
FONT = Need("fonts-noto-cjk", has_chinese_font, "浏览器截图中的汉字")
MOSQUITTO = Need(
    "mosquitto", _command("mosquitto", "/usr/sbin/mosquitto"), "MQTT 测试", "mosquitto"
)
MOSQUITTO_CLIENTS = Need(
    "mosquitto-clients", _command("mosquitto_pub"), "MQTT 命令行测试", "mosquitto"
)
MQTT = (MOSQUITTO, MOSQUITTO_CLIENTS)
CURL = Need("curl", _command("curl"), "HTTP 上报测试", "curl")
NATS = Need("nats-server", _command("nats-server"), "NATS 测试", "nats")
OFFICE = Need("libreoffice-calc", _command("soffice"), "Excel 互通测试", "libreoffice")


def install(needs: Sequence[Need], root: Path) -> list[Need]:
    """Install what is missing where we may; return what is still missing, having said why."""
    wanted = [need for need in needs if not need.mark or is_marked(root, need.mark)]
    missing = [need for need in wanted if not need.there()]
    if not missing:
        return []
    packages = [need.package for need in missing]
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        reason = f"不是管理员或没有 apt-get；可执行 apt-get install {' '.join(packages)}"
    else:
        tell(f"安装系统软件包 Installing system packages: {' '.join(packages)} …")
        reason = _apt(packages)
    still = [need for need in missing if not need.there()]
    for need in still:
        tell(f"跳过 Skipped: {need.used_for}（缺 {need.package}；{reason}）")
    return still


def is_marked(root: Path, mark: str) -> bool:
    """Whether any test asks for this mark."""
    wanted = f"pytest.mark.{mark}"
    tests = [*root.glob("anlan/**/tests/**/*.py"), *root.glob("tests/**/*.py")]
    return any(wanted in path.read_text(encoding="utf-8") for path in tests)


def _apt(packages: Sequence[str]) -> str:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install_them = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    told = ""
    for command in (["apt-get", "update", "-qq"], install_them):
        ended = subprocess.run(  # noqa: S603 - our own command
            command, env=environment, capture_output=True, text=True, check=False
        )
        told = ended.stderr.strip()[-500:]
    return told or "apt-get 没有装上它"
