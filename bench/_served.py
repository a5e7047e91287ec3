"""A workspace served beside a benchmark, as `./run` serves it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def served(home: Path) -> str:
    """Serve a folder, the demo county where it is new; give where."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ANLAN_", "DATABASE_"))}
    done = subprocess.run(
        [sys.executable, "-m", "anlan.project.supervisor", "--data", str(home), "--port", "0",
         "--background"],
        cwd=ROOT, env={**kept, "ANLAN_MQTT_PORT": "0"}, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout.strip().splitlines()[-1].rsplit(" ", 1)[-1]
