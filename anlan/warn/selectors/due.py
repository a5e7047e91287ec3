"""What an alert asks for here: the code table ``response-due``."""

from anlan import codes
from anlan.base.people import selectors as people
from anlan.base.people.models import Post
from anlan.base.regions import scope
from anlan.codes import Code
from anlan.sense.selectors.debtors import Place, debtors

TABLE = "response-due"


def rule_for(kind: str, hazard: str, level: int | None, region: str) -> Code | None:
    """Find what an alert asks for in a region: the first row of the table that fits."""
    table = codes.table(TABLE, region=region)
    live = kind in table.attributes.get("live", "").split(";")
    said = "live" if live else str(level) if level else ""
    for row in table:
        wanted = ((row.several("hazards"), hazard), (row.several("kinds"), kind))
        fits = row.text("level") == said
        if said and fits and all(not some or one in some for some, one in wanted):
            return row
    return None


def debtor_of(region: str) -> str | None:
    """Find who answers for what is due in a region; None where there is nobody at or above it.

    Its own watch; where it has none whoever leads it; only then those above: nothing is owed upward
    while there is somebody here.
    """
    place = Place(region, "")
    watch = debtors({place}).get(place)
    if watch is not None and Post.objects.filter(pk=watch, region=region).exists():
        return watch
    chain = [region, *reversed(scope.ancestors(region))]
    leaders = _leaders(chain, region)
    here = leaders.get(region)
    return here or watch or next((leaders[code] for code in chain if code in leaders), None)


def _leaders(chain: list[str], region: str) -> dict[str, str]:
    """Tell who leads each of some regions: the first of the table's posts that somebody holds."""
    roles = codes.table(TABLE, region=region).attributes.get("leaders", "").split(";")
    rows = Post.objects.filter(region__in=chain, role__in=roles, retired_at=None)
    posts = list(rows.values_list("pk", "region_id", "role", "rank"))
    held = {one.post for one in people.holdings_on([pk for pk, *_ in posts])}
    best: dict[str, tuple[bool, int, int, str]] = {}
    for pk, code, role, rank in posts:
        offer = (pk not in held, roles.index(role), rank, pk)
        best[code] = min(best.get(code, offer), offer)
    return {code: pk for code, (*_, pk) in best.items()}
