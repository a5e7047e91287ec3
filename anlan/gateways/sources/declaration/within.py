"""Where a declared way in belongs, and which streams there it may write."""

from anlan.gateways.sources.declaration.declared import Within
from anlan.protocols.declared.taking import Table

MOST_CODES = 2000


def read_region(top: Table) -> str:
    """Take the code of the region everything here belongs to."""
    code = top.text("region")
    if code and not (code.isdigit() and len(code) in (2, 4, 6, 9, 12)):
        top.slip("region", "应是 2、4、6、9 或 12 位区划代码，写在引号里")
    return code.ljust(12, "0") if code.isdigit() else code


def read_scope(top: Table) -> Within:
    """Take ``[scope]``; without it nothing narrows the region."""
    table = top.table("scope") or Table({}, ("scope",), top.slips)
    made = Within(
        units=_codes(table, "units"),
        gateways=_codes(table, "gateways"),
        streams=_codes(table, "streams"),
    )
    table.done()
    return made


def _codes(table: Table, name: str) -> tuple[str, ...]:
    found = table.listed(name)
    if not all(isinstance(one, str) and one.strip() for one in found):
        table.slip(name, "应是几个编码，写在引号里")
    if table.has(name) and not found:
        table.slip(name, "不限时请去掉这一项")
    if len(found) > MOST_CODES:
        table.slip(name, f"最多 {MOST_CODES} 个")
    return tuple(str(one).strip() for one in found)
