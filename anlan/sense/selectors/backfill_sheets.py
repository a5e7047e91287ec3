"""Workbooks beside the filling in of old observations: an example, and what was refused."""

from anlan.base.door.phrases import said
from anlan.base.door.sheets import table_book
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import visible
from anlan.kernel import clock
from anlan.sense.models import Backfill, Stream
from anlan.sense.selectors.identities import ADD

HEADINGS = ("监测项编码", "时间", "数值", "单位")
TITLES = ("行", "列", "填的内容", "原因")
TITLES_EN = ("Row", "Column", "Given", "Reason")


def template(actor: Actor) -> bytes:
    """Make a sheet with the headings and an example row of each of two streams one may write."""
    rows = visible(Stream.objects.filter(retired_at=None), actor, ADD).order_by("code")
    codes = list(rows.values_list("code", flat=True)[:2]) or ["339901-SW001-Z"]
    hour = clock.local(clock.now()).strftime("%Y-%m-%d %H:00:00")
    return table_book("数据", HEADINGS, [(code, hour, "12.34", "") for code in codes])


def refused(made: Backfill, language: str) -> bytes:
    """Write the refused rows down, to be mended and brought again."""
    titles = TITLES_EN if language == "en" else TITLES
    rows = [
        (one["row"], one["column"], one["value"], said(one["reason"], language))
        for one in made.troubles
    ]
    return table_book("不收的行", titles, rows)
