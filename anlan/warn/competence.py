"""Who may issue which warning: what the code table ``issuers`` says, put as questions."""

from anlan import codes
from anlan.codes import Code
from anlan.kernel.errors import Forbidden, Invalid

TABLE = "issuers"


def kind(key: str) -> Code:
    """Find a kind of warning; `Invalid` when there is none."""
    found = codes.table(TABLE).get(key)
    if found is None:
        raise Invalid("没有这种预警", errors={"kind": ["请从预警种类中选择"]})
    return found


def kind_of(hazard: str) -> str:
    """Tell the kind that warnings of a hazard are; "" when nobody issues any."""
    known = codes.hazards().get(hazard)
    return (known.issuer or "") if known else ""


def is_own(key: str) -> bool:
    """Tell whether the government and its bureau issue this kind themselves."""
    row = codes.table(TABLE).get(key)
    return row is not None and bool(row.flag("own"))


def is_public(key: str) -> bool:
    """Tell whether everybody may read this kind; what nobody is named for is passed on openly."""
    row = codes.table(TABLE).get(key)
    return row is None or bool(row.flag("public"))


def check_own(key: str, hazard: str, level: int | None) -> None:
    """Refuse what is not ours to issue, naming the article; `Invalid` for what cannot be.

    A weather signal, a flood warning, an earthquake warning belong to those who watch for them;
    here they are received and passed on word for word.
    """
    row = kind(key)
    if not row.flag("own"):
        raise Forbidden(belongs_elsewhere(row))
    errors: dict[str, list[str]] = {}
    hazards, levels = row.several("hazards"), row.several("levels")
    if hazard and hazard not in codes.hazards():
        errors["hazard"] = ["没有这个灾种"]
    elif hazards and hazard not in hazards:
        other = kind_of(hazard)
        if other and not is_own(other):
            raise Forbidden(belongs_elsewhere(kind(other)))
        errors["hazard"] = [f"{row.name}不含这个灾种"]
    if levels and (level is None or str(level) not in levels):
        errors["level"] = ["请选择级别"]
    elif not levels and level is not None:
        errors["level"] = [f"{row.name}不分级"]
    if errors:
        raise Invalid("有几处需要改正", errors=errors)


def lowest_digits(key: str) -> int:
    """Tell how many digits the code of the lowest level has that issues a kind itself."""
    level = kind(key).text("lowest") or "county"
    return codes.table("region-levels")[level].whole("digits") or 6


def belongs_elsewhere(row: Code) -> str:
    """Say whose a kind of warning is, and by which article."""
    authority = codes.table("authorities").name(row.text("authority"))
    return f"{row.name}由{authority}发布，本平台只能收到后原文转发。依据：{row.source}"
