"""A fingerprint of everything in a county, for comparing two of them byte by byte."""

import hashlib
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from anlan.demo.county import County


def fingerprint(county: County) -> str:
    """SHA-256 over every field, in order."""
    digest = hashlib.sha256()
    _feed(digest, county)
    return digest.hexdigest()


def _feed(digest: Any, value: Any) -> None:
    if isinstance(value, np.ndarray):
        digest.update(value.tobytes())
    elif isinstance(value, BaseGeometry):
        digest.update(shapely.to_wkb(value))
    elif is_dataclass(value):
        for field in fields(value):
            digest.update(field.name.encode())
            _feed(digest, getattr(value, field.name))
    elif isinstance(value, tuple | list):
        for item in value:
            _feed(digest, item)
    else:
        digest.update(repr(value).encode())
