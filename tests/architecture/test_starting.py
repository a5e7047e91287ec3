"""What every process pays before its first deed: whatever starts imports no more than it must."""

import json
import subprocess
import sys

from .checkout import ROOT

#: Half a second and more each, needed by few processes: imported where they are used.
HEAVY = (
    "numba", "pyarrow", "openpyxl", "ninja", "pydantic", "netCDF4", "tifffile", "structlog", "rich",
)  # fmt: skip

STARTED = """
import json, sys
from anlan.project import cli
cli.collect(cli.app)
cli.start_django()
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_starting_a_command_imports_no_compiler_and_no_door() -> None:
    told = subprocess.run(
        [sys.executable, "-c", STARTED], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = json.loads(told.stdout.splitlines()[-1])
    assert "django" in loaded
    assert not set(loaded).intersection(HEAVY)
