"""Households and residents for tests."""

from typing import Any

from anlan.base.people.tests import village as v


def household(code: str, lon: float, lat: float, size: int | None = 3, **values: Any) -> str:
    """Make a household in the near village."""
    given = {"head": "户主某", "region": v.NEAR, "stay": "relatives", "reach": ["phone"], **values}
    return v.save("households", code=code, lon=lon, lat=lat, size=size, **given)


def resident(code: str, home: str, name: str, **values: Any) -> str:
    """Make a resident."""
    return v.save("residents", code=code, household=home, name=name, **values)
