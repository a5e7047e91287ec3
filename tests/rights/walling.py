"""A screen's key, and how each address of walls is asked."""

from datetime import timedelta

from anlan.base.permissions import system
from anlan.base.permissions.services.walls import make_wall_key
from anlan.kernel.clock import real_now
from tests.declarations.demo_rows import COUNTY
from tests.rights.asking import Ask

NEW = {
    "name": "演示大屏", "region": COUNTY, "bound": "10.9.8.7",
    "expires": (real_now() + timedelta(days=30)).isoformat(),
}  # fmt: skip


def put_up(ids: dict[str, str]) -> None:
    """Make the key of a screen."""
    _, key = make_wall_key(
        name="演示大屏", region=COUNTY, bound="10.9.8.7", phones=False,
        expires=real_now() + timedelta(days=30), by=system("test"),
    )  # fmt: skip
    ids["wall-key"] = key.pk


WALLS: dict[str, tuple[Ask, ...]] = {
    "GET /wall": (Ask("/wall"), Ask(f"/wall?region={COUNTY}", note="region")),
    "GET /wall/figures/{key}.csv": (Ask(f"/wall/figures/vessels.csv?region={COUNTY}"),),
    "GET /wall-keys": (Ask("/wall-keys"),),
    "POST /wall-keys": (Ask("/wall-keys", NEW),),
    "DELETE /wall-keys/{key}": (Ask("/wall-keys/{wall-key}"),),
}
