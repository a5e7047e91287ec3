"""Which checks belong to which word of ``./test [fast|engines|app|web|soak]``."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from anlan.project.setup.frontend import Node
from anlan.project.testing.steps import Step

#: Layers that never see Django.
PURE = ("anlan/kernel", "anlan/codes", "anlan/engines", "anlan/protocols")
#: Where all tests are that drive a browser.
BROWSER = "tests/browser"
EVERYDAY = "not soak and not browser"
QUICK = "not soak and not browser and not slow"


@dataclass(frozen=True)
class Checks:
    """Makes the steps for one checkout."""

    root: Path
    #: Marks whose tests cannot run on this machine, by what is missing.
    without: Sequence[str] = field(default_factory=tuple)

    def python(self, title: str, module: str, *arguments: str) -> Step:
        """Run a module of the environment."""
        return Step(title, (sys.executable, "-m", module, *arguments), self.root)

    def pytest(
        self,
        title: str,
        *arguments: str,
        marks: str = EVERYDAY,
        environment: Mapping[str, str] | None = None,
    ) -> Step:
        """Run pytest on the tests that carry (or do not carry) some marks."""
        chosen = " and ".join([f"({marks})", *(f"not {mark}" for mark in self.without)])
        command = (sys.executable, "-m", "pytest", "-q", "-m", chosen, *arguments)
        return Step(title, command, self.root, environment or {}, is_pytest=True)

    def lint(self) -> list[Step]:
        """Return the checks that take seconds."""
        return [
            self.python("ruff check", "ruff", "check", "."),
            self.python("ruff format", "ruff", "format", "--check", "."),
            Step("import-linter", (_script("lint-imports"),), self.root),
            Step("codespell", (_script("codespell"),), self.root),
        ]

    def types(self) -> list[Step]:
        """Return the checks of types and of migrations."""
        pending = ("django", "makemigrations", "--check", "--dry-run")
        return [
            self.python("mypy --strict", "mypy"),
            self.python("数据库迁移 migrations", "anlan.project", *pending),
        ]

    def frontend(self, node: Node) -> list[Step]:
        """Return the front end's own checks."""
        folder = self.root / "frontend"
        titles = {
            "format": "前端格式 prettier",
            "lint": "前端 eslint",
            "types": "前端类型 vue-tsc",
            "test": "前端测试 vitest",
        }
        return [
            Step(title, (*node.npm, "run", "--silent", script), folder, node.environment)
            for script, title in titles.items()
        ]

    def kernels(self) -> Step:
        """Compile the kernels once, so that test processes side by side need not each do it."""
        return self.python("编译计算内核 kernels", "anlan.project.compiling")

    def docs(self) -> list[Step]:
        """Build the documentation, when there is any."""
        if not (self.root / "mkdocs.yml").exists():
            return []
        build = ("build", "--strict", "--quiet", "--site-dir", str(self.root / "site"))
        return [self.python("文档 mkdocs", "mkdocs", *build)]


def _script(name: str) -> str:
    return str(Path(sys.executable).with_name(name))
