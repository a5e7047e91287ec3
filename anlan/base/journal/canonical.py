"""One spelling for one fact: the bytes that are digested and chained.

Canonical JSON here is: keys sorted by code point, no spaces, UTF-8, instants in UTC with ``Z``,
decimals as text. What is stored is what was digested, so reading never spells anew.

Source: GB/T 32905-2016 (SM3). The form follows RFC 8785 where JSON values allow.
"""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
from cryptography.hazmat.primitives.hashes import SM3, Hash

from anlan.kernel.errors import Invalid

#: The chain value before the first entry.
GENESIS = bytes(32)
DIGEST_BYTES = 32


def sm3(*parts: bytes) -> bytes:
    """Digest parts as if they were one, 32 bytes."""
    state = Hash(SM3())
    for part in parts:
        state.update(part)
    return state.finalize()


def spell(value: Any) -> bytes:
    """Write a JSON value canonically; `Invalid` for what JSON cannot hold."""
    try:
        return orjson.dumps(value, default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)
    except orjson.JSONEncodeError as error:
        raise Invalid(f"留痕内容无法写成 JSON：{error}") from error


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode("ascii")
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(type(value).__name__)


def micros(moment: datetime) -> int:
    """Count microseconds since 1970 UTC, exactly."""
    gap = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (gap.days * 86_400 + gap.seconds) * 1_000_000 + gap.microseconds


def link(previous: bytes, seq: int, fields: Sequence[int | str], digest: bytes) -> bytes:
    """Compute an entry's chain value.

    ``SM3(previous ‖ canonical JSON of [seq, id, microseconds, deed, by, subject kind, subject,
    region, case, topic, digest in hexadecimal])``; a JSON array can be read in one way only, so no
    byte can wander from one field into the next.
    """
    return sm3(previous, spell([seq, *fields, digest.hex()]))
