"""Bringing things in: a national list of 665,000 regions, and an Excel of 50,000 rows."""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROWS, ROUNDS = 50_000, 5

#: Run apart, so that the memory counted is that of the import alone.
CHILD = """
import re, sys, time
import django
django.setup()
from pathlib import Path
from anlan.base.permissions.actor import system
from anlan.base.register.excel.checking import Report, batches
from anlan.base.register.registry import REGISTERS
from anlan.base.register.services import save_rows
entry, by, report = REGISTERS["shelters"], system("bench"), Report()
began = time.perf_counter()
for changes in batches(entry, Path(sys.argv[1]), by, report=report, progress=lambda _: None):
    for saved in save_rows(entry=entry, changes=changes, by=by):
        setattr(report, saved.state, getattr(report, saved.state) + 1)
spent = time.perf_counter() - began
assert report.bad == 0 and report.added + report.changed == int(sys.argv[2]), report
# Not ru_maxrss: that keeps the highest of the process this one was forked from.
peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]
print(spent, int(peak) / 1024)
"""


def run() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        regions = _regions(home)
        seconds, megabytes = zip(*(_excel(home, number) for number in range(ROUNDS)), strict=True)
    return {
        "figures": {
            "regions_665k_s": round(regions, 1),
            "excel_50k_s": round(statistics.median(seconds), 1),
            "excel_50k_mb": round(max(megabytes)),
        },
        "settings": {
            "excel_rounds_s": [round(value, 1) for value in seconds],
            "excel": "check and write, every row new or changed; memory is the whole process's",
            "regions_rounds": 1,
        },
    }


def _regions(home: Path) -> float:
    from anlan.base.permissions.actor import system
    from anlan.base.regions.services import import_regions
    from bench._regions import national_list

    path = home / "national.csv"
    rows = national_list(path)
    began = time.perf_counter()
    import_regions(path=path, by=system("bench"))
    spent = time.perf_counter() - began
    assert rows > 600_000, rows
    return spent


def _excel(home: Path, number: int) -> tuple[float, float]:
    import xlsxwriter

    from anlan.base.regions.models import Region
    from anlan.base.register.columns import writable
    from anlan.base.register.excel.cells import header, written
    from anlan.base.register.registry import REGISTERS

    entry = REGISTERS["shelters"]
    columns = writable(entry)
    villages = list(Region.objects.filter(level=5).values_list("code", flat=True)[:1000])
    path = home / f"shelters-{number}.xlsx"
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("数据")
    sheet.write_row(0, 0, [header(column) for column in columns])
    for row in range(ROWS):
        values = {
            **entry.demo, "keeper": None, "code": f"S{row:06d}", "name": f"避灾点{row}之{number}",
            "region": villages[row % len(villages)],
        }  # fmt: skip
        cells = [written(column, values.get(column.name), {}) for column in columns]
        sheet.write_row(row + 1, 0, cells)
    book.close()
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(path), str(ROWS)],
        stdout=subprocess.PIPE, check=True, text=True,
    )  # fmt: skip
    seconds, megabytes = done.stdout.split()
    return float(seconds), float(megabytes)
