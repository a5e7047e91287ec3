"""Names of regions for answers about accounts; asked in bulk."""

from collections.abc import Iterable

from anlan.base.regions import scope
from anlan.base.regions.models import Region

COUNTRY_NAME = "全国"


def names(codes: Iterable[str]) -> dict[str, str]:
    """Name regions by code; a code nobody imported keeps its digits, the country is 全国."""
    wanted = {code for code in codes if code}
    found = dict(Region.objects.filter(code__in=wanted).values_list("code", "name"))
    return {code: found.get(code) or _unknown(code) for code in wanted} | {"": ""}


def _unknown(code: str) -> str:
    return COUNTRY_NAME if code == scope.COUNTRY else code
