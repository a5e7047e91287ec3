"""``python -m anlan.project.testing [fast|engines|app|web|soak]``: what ``./test`` becomes."""

import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from anlan.project.setup.frontend import Frontend
from anlan.project.setup.python import Environment
from anlan.project.supervisor.options import ROOT
from anlan.project.supervisor.refusal import Refusal, complain
from anlan.project.testing import machine, postgres
from anlan.project.testing.plan import BROWSER, PURE, QUICK, Checks
from anlan.project.testing.steps import Outcome, close, run, run_side_by_side, tell

USAGE = "用法 Usage: ./test [fast|engines|app|web|soak] [-- PYTEST-OPTIONS]"
WRONG_USE = 2


class Runner:
    """Runs one word of ``./test`` and remembers how everything ended."""

    def __init__(self, root: Path, extra: Sequence[str]) -> None:
        self._root = root
        self._extra = tuple(extra)
        self._frontend = Frontend(Environment(root))
        self._outcomes: list[Outcome] = []
        self._missing: list[machine.Need] = []

    @property
    def _checks(self) -> Checks:
        return Checks(self._root, without=[need.mark for need in self._missing if need.mark])

    def run(self, word: str) -> int:
        """Run it; return the exit code."""
        began = time.monotonic()
        {
            "": self._everything,
            "fast": self._fast,
            "engines": self._engines,
            "app": self._app,
            "web": self._web,
            "soak": self._soak,
        }[word]()
        return close(self._outcomes, began)

    def _fast(self) -> None:
        for step in self._checks.lint():
            self._outcomes.append(run(step))
        self._outcomes.append(run(self._checks.kernels()))
        self._pytest("快速测试 fast tests", marks=QUICK)

    def _engines(self) -> None:
        there = [name for name in PURE if any((self._root / name).rglob("test_*.py"))]
        alone = ("-p", "no:django", "-W", "ignore::pytest.PytestConfigWarning")
        self._pytest("引擎与编码 engines", *alone, *there)

    def _app(self) -> None:
        self._need(*machine.MQTT, machine.CURL, machine.NATS, machine.OFFICE)
        self._pytest("SQLite")
        self._on_postgres()

    def _web(self) -> None:
        if self._frontend.exists():
            node = self._frontend.ensure_packages()
            for step in self._checks.frontend(node):
                self._outcomes.append(run(step))
        self._browser()

    def _soak(self) -> None:
        self._need(machine.POSTGRESQL, *machine.MQTT, machine.CURL, machine.NATS, machine.OFFICE)
        self._pytest("长时测试 soak", "-n0", marks="soak")
        self._on_postgres("长时测试 soak, PostgreSQL", "-n0", marks="soak")

    def _everything(self) -> None:
        for step in self._checks.lint():
            self._outcomes.append(run(step))
        lanes = [[*self._checks.types(), *self._checks.docs()], [self._checks.kernels()]]
        if self._frontend.exists():
            lanes.append(self._checks.frontend(self._frontend.ensure_packages()))
        self._outcomes += run_side_by_side(lanes)
        self._app()
        self._browser()

    def _browser(self) -> None:
        if not machine.is_marked(self._root, "browser"):
            return
        if machine.CHROMIUM in self._need(machine.CHROMIUM, machine.FONT):
            return
        self._frontend.ensure_built()
        self._pytest("浏览器 browser", "-n2", BROWSER, marks="browser and not soak")

    def _on_postgres(
        self, title: str = "PostgreSQL", *arguments: str, marks: str | None = None
    ) -> None:
        if self._need(machine.POSTGRESQL):
            return
        left_out = [word for name in PURE for word in ("--ignore", name)]
        with postgres.running() as url:
            there = {"DATABASE_URL": url}
            chosen = (*arguments, "--only-database", *left_out)
            self._pytest(title, *chosen, marks=marks, environment=there)

    def _pytest(
        self,
        title: str,
        *arguments: str,
        marks: str | None = None,
        environment: dict[str, str] | None = None,
    ) -> None:
        chosen = {"marks": marks} if marks else {}
        with tempfile.TemporaryDirectory(prefix="anlan-test-") as folder:
            surroundings = {"ANLAN_DATA": folder, **(environment or {})}
            step = self._checks.pytest(
                title, *arguments, *self._extra, environment=surroundings, **chosen
            )
            self._outcomes.append(run(step))

    def _need(self, *needs: machine.Need) -> list[machine.Need]:
        missing = machine.install(needs, self._root)
        self._missing += missing
        return missing


def main(argv: Sequence[str]) -> int:
    """Run what was asked for; return the exit code."""
    words, extra = list(argv), []
    if "--" in words:
        cut = words.index("--")
        words, extra = words[:cut], words[cut + 1 :]
    word = words[0] if words else ""
    if len(words) > 1 or word not in ("", "fast", "engines", "app", "web", "soak"):
        tell(USAGE)
        return 0 if word in ("-h", "--help") else WRONG_USE
    for name in [name for name in os.environ if name.startswith("ANLAN_")] + [
        "DATABASE_URL",
        "TELEMETRY_URL",
    ]:
        os.environ.pop(name, None)  # tests say themselves what they run on
    # Tests start hundreds of processes; without byte code each compiles the product anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        return Runner(ROOT, extra).run(word)
    except Refusal as refusal:
        complain(refusal)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
