"""What an alert asks for here: the code table ``response-due``."""

from anlan import codes
from anlan.codes import Code

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
