"""The virtual environment: packages exactly as locked, and the product itself."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

from anlan.project.setup.commands import install
from anlan.project.setup.stamps import Stamp, digest_of
from anlan.project.supervisor.claim import check_disk, full_disk
from anlan.project.supervisor.refusal import Refusal, say

#: A fresh environment with the development packages and the front end's, and room to unpack them.
NEEDED_BYTES = 1_500_000_000

TITLES = {
    "base": "安装 Python 软件包 Installing Python packages",
    "dev": "安装测试所需软件包 Installing the packages tests need",
    "node": "安装 Node.js Installing Node.js",
}


class Environment:
    """``.venv`` below the checkout at `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.python = self.folder / "bin" / "python"
        self._state = self.folder / ".anlan"
        #: There while packages are being written; found at a start, the last one was cut off.
        self._under_way = Stamp(self._state / "under-way")

    def ensure(self, lock: str) -> bool:
        """Install ``requirements/LOCK.txt`` unless it is installed; tell whether it did."""
        digest = self._digest(lock)
        stamp = self.stamp(lock)
        if self.is_whole() and stamp.matches(digest):
            return False
        check_disk(self.root, NEEDED_BYTES)
        self._make()
        say(f"{TITLES[lock]} …")
        stamp.remove()
        self._under_way.write(digest)
        try:
            self._install(lock)
        finally:
            self._under_way.remove()  # pip ended and has put things in order; a kill skips this
        stamp.write(digest)
        return True

    def stamp(self, name: str) -> Stamp:
        """Return the stamp of something whose life is tied to this environment."""
        return Stamp(self._state / name)

    def log(self, name: str) -> Path:
        """Say where an installer's output goes."""
        return self._state / f"{name}.log"

    def is_whole(self) -> bool:
        """Whether the environment can run and no installation was cut off in it."""
        if (self._state / "under-way").exists():
            return False
        # In a checkout that was moved, the scripts still name the old place.
        if not Stamp(self._state / "root").matches(digest_of([], str(self.root))):
            return False
        # After the system's Python was replaced, the packages may lie where it does not look.
        probe = [str(self.python), "-c", "import pip"]
        try:
            return subprocess.run(probe, capture_output=True, check=False).returncode == 0  # noqa: S603
        except OSError:
            return False

    def _make(self) -> None:
        if self.is_whole():
            return
        need_venv()
        say("建立 Python 环境 Making the Python environment …")
        command = [sys.executable, "-m", "venv", "--clear", str(self.folder)]
        made = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if made.returncode != 0:
            raise self._cannot_make(made.stdout + made.stderr)
        self._state.mkdir(exist_ok=True)
        Stamp(self._state / "root").write(digest_of([], str(self.root)))

    def _cannot_make(self, output: str) -> Refusal:
        if "No space left" in output:
            return full_disk(self.root)
        if "ensurepip" in output:
            return no_venv()
        return Refusal(
            f"建立 {self.folder} 失败，原因见上面的输出。",
            f"could not make {self.folder}; the output above says why.",
            detail=output[-2_000:],
        )

    def _install(self, lock: str) -> None:
        pip = [str(self.python), "-m", "pip", "--disable-pip-version-check", "install"]
        quiet = {"PIP_RETRIES": os.environ.get("PIP_RETRIES", "2"), "PYTHONPATH": ""}
        requirements = self.root / "requirements" / f"{lock}.txt"
        # The lock names every package, so nothing needs to be resolved again.
        exact = ["--require-hashes", "--no-deps", "-r", str(requirements)]
        install([*pip, *exact], cwd=self.root, log=self.log(lock), environment=quiet)
        if lock == "base":
            itself = ["--no-deps", "--no-build-isolation", "--no-index", "-e", str(self.root)]
            install([*pip, *itself], cwd=self.root, log=self.log("product"), environment=quiet)

    def _digest(self, lock: str) -> str:
        inputs = [self.root / "requirements" / f"{lock}.txt"]
        if lock == "base":
            inputs.append(self.root / "pyproject.toml")
        return digest_of(inputs, str(self.root))


def need_venv() -> None:
    """Refuse a Python without its venv module (Debian packs it apart)."""
    try:
        for name in ("venv", "ensurepip"):
            importlib.import_module(name)
    except ImportError:
        raise no_venv() from None


def no_venv() -> Refusal:
    """Say that Python's venv module is missing."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return Refusal(
        f"Python 缺少 venv 模块，请以管理员身份执行：apt-get install python{version}-venv"
        "（其他系统请安装 Python 的 venv 与 ensurepip）。",
        f"Python's venv module is missing; as root run: apt-get install python{version}-venv "
        "(elsewhere install Python's venv and ensurepip).",
    )
