"""Set-up from nothing, in a checkout of one tiny package, without any network."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from anlan.project.setup.commands import why
from anlan.project.setup.frontend import Frontend
from anlan.project.setup.python import Environment
from anlan.project.setup.stamps import Stamp, digest_of, sources
from anlan.project.supervisor.options import ROOT
from anlan.project.supervisor.refusal import Refusal

pytestmark = pytest.mark.slow  # an environment is made, mended and moved

PROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
#: A build back end in a few lines, so that `pip install -e` needs nothing from outside.
BACKEND = """
import base64, hashlib, zipfile
def get_requires_for_build_editable(config_settings=None):
    return []
def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    name = "anlan-1-py3-none-any.whl"
    with zipfile.ZipFile(f"{wheel_directory}/{name}", "w") as wheel:
        wheel.writestr("anlan-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: anlan\\nVersion: 1\\n")
        wheel.writestr("anlan-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("anlan-1.dist-info/RECORD", "")
    return name
"""  # noqa: E501


def make_wheel(folder: Path, name: str, version: str, body: str) -> str:
    """Write a wheel of one module; return its line in a lock."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": body,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    for file, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
        record += f"{file},sha256={digest.decode()},{len(text)}\n"
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n"
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for file, text in files.items():
            wheel.writestr(file, text)
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an environment once; making one takes seconds."""
    root = tmp_path_factory.mktemp("checkout")
    (root / "wheels").mkdir()
    (root / "requirements").mkdir()
    lock = make_wheel(root / "wheels", "tide", "1.0", "LEVEL = 1\n")
    (root / "requirements" / "base.txt").write_text(lock)
    (root / "requirements" / "dev.txt").write_text(lock)
    (root / "pyproject.toml").write_text(PROJECT)
    (root / "backend.py").write_text(BACKEND)
    return root


@pytest.fixture
def environment(made_once: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(made_once / "wheels"))
    made = Environment(made_once)
    made.ensure("base")
    return made


def level(environment: Environment) -> str:
    told = subprocess.run(
        [environment.python, "-c", "import tide; print(tide.LEVEL)"],
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.strip() or told.stderr


def test_a_second_set_up_does_nothing(environment: Environment) -> None:
    assert level(environment) == "1"
    log = environment.log("base")
    before = log.stat().st_mtime_ns
    assert environment.ensure("base") is False
    assert log.stat().st_mtime_ns == before


def test_a_changed_lock_is_installed(environment: Environment) -> None:
    lock = environment.root / "requirements" / "base.txt"
    kept = lock.read_text()
    lock.write_text(make_wheel(environment.root / "wheels", "tide", "2.0", "LEVEL = 2\n"))
    assert environment.ensure("base") is True
    assert level(environment) == "2"
    lock.write_text(kept)
    assert environment.ensure("base") is True
    assert level(environment) == "1"


def test_a_set_up_that_was_cut_off_is_repaired(environment: Environment) -> None:
    # What a power cut in the middle of an installation leaves: the mark, and half a package.
    Stamp(environment.folder / ".anlan" / "under-way").write("cut off")
    installed = next(environment.folder.glob("lib/python3*/site-packages/tide.py"))
    installed.write_text("LEVEL = ")
    assert "SyntaxError" in level(environment)
    assert environment.ensure("base") is True
    assert level(environment) == "1"


def test_a_checkout_that_was_moved_is_set_up_again(environment: Environment) -> None:
    moved = environment.root.with_name("moved")
    shutil.copytree(environment.root, moved, symlinks=True)
    assert Environment(moved).is_whole() is False
    assert environment.is_whole() is True


def test_a_package_that_is_not_the_locked_one_is_refused(environment: Environment) -> None:
    lock = environment.root / "requirements" / "dev.txt"
    kept = lock.read_text()
    lock.write_text(f"tide==2.0 --hash=sha256:{'0' * 64}\n")
    make_wheel(environment.root / "wheels", "tide", "2.0", "LEVEL = 666\n")
    with pytest.raises(Refusal) as refused:
        environment.ensure("dev")
    lock.write_text(kept)
    assert "HASHES" in refused.value.detail.upper()
    assert level(environment) == "1"


def test_no_network_is_told_with_the_mend(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    lock = environment.root / "requirements" / "dev.txt"
    kept = lock.read_text()
    lock.write_text(f"ebb==1.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(Refusal) as refused:
        environment.ensure("dev")
    lock.write_text(kept)
    assert "没有网络" in refused.value.zh
    assert environment.is_whole()  # the next start needs no repair


def test_a_python_without_venv_is_told_with_the_mend() -> None:
    program = (
        "import sys; sys.modules['ensurepip'] = None\n"
        "from anlan.project.setup.python import need_venv\n"
        "need_venv()"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert told.returncode != 0
    assert f"apt-get install python3.{sys.version_info.minor}-venv" in told.stderr


def test_a_machine_without_python_is_told_with_the_mend(tmp_path: Path) -> None:
    (tmp_path / "dirname").symlink_to(str(shutil.which("dirname")))
    told = subprocess.run(
        ["/bin/sh", str(ROOT / "run")],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1
    assert "apt-get install python3 python3-venv" in told.stderr
    assert len(told.stderr.splitlines()) == 2


def test_a_full_disk_and_no_network_are_read_from_what_installers_say(tmp_path: Path) -> None:
    full = "ERROR: Could not install packages: [Errno 28] No space left on device"
    assert "磁盘已满" in why(full, tmp_path, tmp_path / "log").zh
    offline = "npm error code ENOTFOUND"
    assert "没有网络" in why(offline, tmp_path, tmp_path / "log").zh
    other = "error: command 'gcc' failed"
    assert other in why(other, tmp_path, tmp_path / "log").detail


@pytest.fixture
def frontend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Frontend:
    """Make a front end whose npm writes down what it was asked, and builds one page."""
    tools, root = tmp_path / "tools", tmp_path / "root"
    (root / "frontend" / "src").mkdir(parents=True)
    (root / "frontend" / "package-lock.json").write_text("{}")
    (root / "frontend" / "src" / "main.ts").write_text("export {}\n")
    tools.mkdir()
    (tools / "node").write_text("#!/bin/sh\necho v22.1.0\n")
    (tools / "npm").write_text(
        f'#!/bin/sh\necho "$*" >>{tmp_path}/asked\nmkdir -p dist node_modules\n'
        "case $1 in run) echo page >dist/index.html;; esac\n"
    )
    for name in ("node", "npm"):
        (tools / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    return Frontend(Environment(root))


def asked(frontend: Frontend) -> list[str]:
    lines = (frontend.folder.parent.parent / "asked").read_text().splitlines()
    return [line.split(" --")[0] for line in lines]


def test_the_front_end_is_built_once(frontend: Frontend) -> None:
    assert frontend.ensure_built() is True
    assert frontend.ensure_built() is False
    assert asked(frontend) == ["ci", "run build"]


def test_a_changed_source_is_built_again_without_installing_again(frontend: Frontend) -> None:
    frontend.ensure_built()
    (frontend.folder / "src" / "main.ts").write_text("export const level = 1\n")
    assert frontend.ensure_built() is True
    assert asked(frontend) == ["ci", "run build", "run build"]


def test_a_build_that_vanished_is_built_again(frontend: Frontend) -> None:
    frontend.ensure_built()
    shutil.rmtree(frontend.folder / "dist")
    assert frontend.ensure_built() is True


def test_a_renamed_source_changes_the_hash(tmp_path: Path) -> None:
    (tmp_path / "a.ts").write_text("same")
    before = digest_of(sources(tmp_path, without=frozenset()))
    (tmp_path / "a.ts").rename(tmp_path / "b.ts")
    assert digest_of(sources(tmp_path, without=frozenset())) != before
